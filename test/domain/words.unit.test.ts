import { expect, test } from 'vitest';
import { fold, wordsOf } from '../../src/domain/words.ts';

test('words are folded: no capitals, no accents, no punctuation', () => {
  expect(wordsOf('Écoute, Øresund! Canción — L’Auditori (2027)')).toEqual([
    'ecoute',
    'oresund',
    'cancion',
    'l',
    'auditori',
    '2027',
  ]);
  expect(wordsOf('Straße ŁÓDŹ İstanbul ﬁlm')).toEqual(['strasse', 'lodz', 'istanbul', 'film']);
  expect(fold('ßøłđðþæœı')).toBe('ssolddthaeoei');
  expect(wordsOf('Москва 東京')).toEqual(['москва', '東京']);
});

test('what is no letter or digit never comes through', () => {
  expect(wordsOf(`'; drop -- \\ \0 & | ! <-> :* 😀`)).toEqual(['drop']);
  expect(wordsOf('')).toEqual([]);
});

test('what nobody sees parts no word', () => {
  expect(wordsOf('\ufeffKon\u00adzert Zero\u200bwidth\u200djoin a\u2060b ❤\ufe0f')).toEqual([
    'konzert',
    'zerowidthjoin',
    'ab',
  ]);
});

test('a word has at most 64 characters', () => {
  expect(wordsOf('x'.repeat(1000))).toEqual(['x'.repeat(64)]);
});

test('folding twice is folding once', () => {
  for (const text of ['Ñandú', 'ǅ', 'ΆΣ', 'ŉ', 'Ⅻ']) expect(fold(fold(text))).toBe(fold(text));
});
