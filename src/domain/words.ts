// Words as search compares them: lower case, without accents and without what nobody sees, such as where a word may be broken
// (U+00AD), which texts from web pages bring along. Documents and questions are cut up by the same function,
// so that they cannot disagree.

const WORD_LENGTH_MAX = 64;
/** Letters that are no letter with an accent, though people type them as such. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};

/** Nothing in it is to be folded but capitals. */
const PLAIN = /^[\0-\x7f]*$/;

/** `Écoute, Øresund!` -> `ecoute, oresund!` */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Default_Ignorable_Code_Point}]+/gu, '')
    .toLowerCase()
    .replace(/[ßøłđðþæœı]/g, (letter) => LETTERS[letter]!);
}

/** The words of a text in order, folded; never anything but letters and digits. */
export function wordsOf(text: string): string[] {
  return (fold(text).match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.slice(0, WORD_LENGTH_MAX));
}

/** Of what is searched through, so much of a text at most. */
const SEARCHED_LENGTH_MAX = 20_000;

/** The words by which a text is found; of none there are none. */
export const searchedWordsOf = (text: string | null | undefined): string[] =>
  wordsOf((text ?? '').slice(0, SEARCHED_LENGTH_MAX));

/** Words of a question that are looked at. */
const ASKED_MAX = 8;
/** Shorter words are not guessed at. */
export const GUESSED_LENGTH_MIN = 4;

/** What somebody asks for: each word once, the first eight. */
export const askedWords = (question: string): string[] => [...new Set(wordsOf(question))].slice(0, ASKED_MAX);

/** Whether a word may have been mistyped: numbers are meant as they are. */
export const isGuessed = (word: string): boolean =>
  word.length >= GUESSED_LENGTH_MIN && !/^\p{N}+$/u.test(word);
