// Sorting by distance: an event is as far away as the first of its shows that match, and which one that is depends on the
// question. No field can say it; so the shows stand in a line, in order of time, and a script takes the first that matches.
import { chordOf, pointInSpace } from '../../domain/globe.ts';
import { fold } from '../../domain/words.ts';
import type { ShowDocument } from '../../ports/search-documents.ts';
import type { SearchFilters } from '../../ports/search-index.ts';
import { priceWord } from './price-words.ts';

/** Metres: of what has no coordinates. */
const NO_DISTANCE = 2_147_483_647;
const BETWEEN = '\u0001';
const TIME_DIGITS = 15;
/** Lucene takes no value of more than 32,766; a name has some hundreds, and what stands before the names fewer. */
const NAMES_BYTES_MAX = 24_000;

/** Values of a field are read in order: of time here, then of id. A show of many categories stands there several times. */
export function placesInLine(show: ShowDocument): string[] {
  const { startsAt, id, point } = show;
  const at = String(Math.max(0, Date.parse(startsAt))).padStart(TIME_DIGITS, '0');
  const place = point === null ? ['', '', ''] : pointInSpace(point).map(String);
  return pieces(show).map((names) => [at, id, ...place, ...names].join(BETWEEN));
}

/** Each name with its price behind it. At least one piece, so that a show without categories has its place. */
function pieces({ categories, amounts, currency }: ShowDocument): string[][] {
  let [piece, bytes]: [string[], number] = [[], 0];
  const all = [piece];
  for (const [i, name] of categories.entries()) {
    const price = currency === null ? '' : priceWord(currency, amounts[i]!);
    const more = Buffer.byteLength(name) + price.length + 2 * BETWEEN.length;
    if (piece.length > 0 && bytes + more > NAMES_BYTES_MAX) {
      [piece, bytes] = [[], 0];
      all.push(piece);
    }
    piece.push(name, price);
    bytes += more;
  }
  return all;
}

const SOURCE = `
  for (show in doc['line']) {
    def part = show.splitOnToken('${BETWEEN}');
    long at = Long.parseLong(part[0]);
    if (at < params.from || at >= params.to) continue;
    if (params.category != null || params.lowest != null) {
      boolean has = false;
      for (int i = 5; !has && i < part.length; i++)
        has = (params.category == null || part[i].equals(params.category)) && (params.lowest == null
          || i + 1 < part.length && part[i + 1].compareTo(params.lowest) >= 0 && part[i + 1].compareTo(params.highest) <= 0);
      if (!has) continue;
    }
    if (part[2].isEmpty()) {
      if (params.reach < 0) return params.nowhere;
      continue;
    }
    double x = Double.parseDouble(part[2]) - params.x;
    double y = Double.parseDouble(part[3]) - params.y;
    double z = Double.parseDouble(part[4]) - params.z;
    double chord = Math.sqrt(x * x + y * y + z * z);
    if (params.reach < 0 || chord <= params.reach) return Math.round(chord * 1000);
  }
  return params.nowhere;`;

/** Metres, straight through the earth. */
export function distanceSort(asked: SearchFilters & { readonly from: string }) {
  const { near, radiusKm, to, category, price, from } = asked;
  const [x, y, z] = pointInSpace(near!);
  return {
    _script: {
      type: 'number',
      order: 'asc',
      script: {
        lang: 'painless',
        source: SOURCE,
        params: {
          x,
          y,
          z,
          reach: radiusKm === undefined ? -1 : chordOf(radiusKm) + 0.001,
          from: Date.parse(from),
          to: to === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(to),
          category: category === undefined ? null : fold(category),
          lowest: price === undefined ? null : priceWord(price.currency, price.min),
          highest: price === undefined ? null : priceWord(price.currency, price.max),
          nowhere: NO_DISTANCE,
        },
      },
    },
  };
}
