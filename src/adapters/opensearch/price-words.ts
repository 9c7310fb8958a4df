// Prices as words of which those between two bounds are in order of amount: one field answers what costs from so much to so
// much in a currency, and what a category costs. A number beside a name would need a document of its own for each category.
import { fold } from '../../domain/words.ts';
import type { ShowDocument } from '../../ports/search-documents.ts';
import type { SearchFilters } from '../../ports/search-index.ts';

const AMOUNT_DIGITS = 16;
/** No name has it. */
const BETWEEN = '\u0001';

/** `EUR0000000000002500`: no name of a category reads so, for they are folded. */
export const priceWord = (currency: string, amount: number): string =>
  `${currency}${String(amount).padStart(AMOUNT_DIGITS, '0')}`;

const ofCategory = (category: string, price: string): string => `${category}${BETWEEN}${price}`;

export function priceWords({ categories, amounts, currency }: ShowDocument): string[] {
  if (currency === null) return [];
  return categories.flatMap((category, i) => {
    const price = priceWord(currency, amounts[i]!);
    return [price, ofCategory(category, price)];
  });
}

/** The words between these are of what is asked for; null: nothing is. */
export function priceBounds({ price, category }: SearchFilters): { gte: string; lte: string } | null {
  if (price === undefined) return null;
  const [gte, lte] = [priceWord(price.currency, price.min), priceWord(price.currency, price.max)];
  if (category === undefined) return { gte, lte };
  const name = fold(category).toWellFormed();
  return { gte: ofCategory(name, gte), lte: ofCategory(name, lte) };
}

/** The same of a document. */
export function isPriced(
  { categories, amounts, currency }: ShowDocument,
  { price, category }: SearchFilters,
): boolean {
  if (category === undefined && price === undefined) return true;
  if (price !== undefined && currency !== price.currency) return false;
  const name = category === undefined ? undefined : fold(category);
  return categories.some((one, i) => {
    if (name !== undefined && one !== name) return false;
    return price === undefined || (amounts[i]! >= price.min && amounts[i]! <= price.max);
  });
}
