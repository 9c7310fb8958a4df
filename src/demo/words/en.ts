// English.
import type { Words } from './words.ts';

export const en: Words = {
  titles: {
    concert: ['{act} live', '{act}: the club tour'],
    classical: ['{act}', '{act}: season concert'],
    theatre: ['{act}', '{act}, a new staging'],
    comedy: ['{act}: one night in {city}', '{act} live'],
    dance: ['{act}', '{act} in {city}'],
    family: ['{act} for the whole family', '{act}'],
    talk: ['In conversation: {act}', '{act}'],
    sport: ['{act}: match day in {city}', '{act}'],
  },
  descriptions: {
    concert: '{act} bring new songs and old ones to {city} with the full band. Doors one hour before.',
    classical:
      '{act} in {city}. A talk about the works half an hour before; about two hours with an interval.',
    theatre: '{act} returns to the stage in {city}: a young cast, a bare room, no interval.',
    comedy: 'An evening with {act}. Suggested for ages 16 and over.',
    dance: '{act} with live music. Meet the company after the show.',
    family: '{act}: music, objects and shadows for children from 4 and whoever comes with them.',
    talk: '{act}. A talk, questions from the floor, and books signed afterwards.',
    sport: '{act} in {city}. Gates open two hours before; family stand on the long side.',
  },
};
