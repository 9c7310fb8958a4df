// Dutch.
import type { Words } from './words.ts';

export const nl: Words = {
  titles: {
    concert: ['{act} live', '{act}: de clubtour'],
    classical: ['{act}', '{act}: seizoensconcert'],
    theatre: ['{act}', '{act}, nieuwe enscenering'],
    comedy: ['{act}: een avond lachen', '{act} live'],
    dance: ['{act}', '{act} in {city}'],
    family: ['{act} voor het hele gezin', '{act}'],
    talk: ['In gesprek: {act}', '{act}'],
    sport: ['{act}: wedstrijddag in {city}', '{act}'],
  },
  descriptions: {
    concert: '{act} speelt in {city} nieuwe en oude nummers met de hele band. Deuren een uur van tevoren.',
    classical: '{act} in {city}. Inleiding een half uur vooraf; ongeveer twee uur met pauze.',
    theatre: '{act} is terug op het toneel in {city}: een jonge cast en een lege vloer.',
    comedy: 'Een avond met {act}. Aanbevolen vanaf 16 jaar.',
    dance: '{act} met live muziek. Nagesprek met het gezelschap.',
    family: '{act}: muziek, dingen en schaduwen voor kinderen vanaf 4 jaar en wie hen meebrengt.',
    talk: '{act}. Lezing en vragen uit de zaal; na afloop signeren.',
    sport: '{act} in {city}. Poorten open twee uur vooraf; gezinsvak aan de lange zijde.',
  },
};
