// Portuguese.
import type { Words } from './words.ts';

export const pt: Words = {
  titles: {
    concert: ['{act} ao vivo', '{act} em concerto'],
    classical: ['{act}', '{act}: concerto da temporada'],
    theatre: ['{act}', '{act}, nova encenação'],
    comedy: ['{act}: rir em {city}', '{act}, ao vivo'],
    dance: ['{act}', '{act} no palco'],
    family: ['{act}, para toda a família', '{act}'],
    talk: ['Conversas: {act}', '{act}'],
    sport: ['{act}: jornada em {city}', '{act}'],
  },
  descriptions: {
    concert:
      '{act} traz a {city} as canções novas e as de sempre, com banda completa. Portas uma hora antes.',
    classical:
      '{act}, {venue}. Introdução às obras meia hora antes; duração de cerca de duas horas com intervalo.',
    theatre: '{act} regressa à cena em {city} com um elenco jovem e uma encenação despojada.',
    comedy: 'Uma noite de humor com {act}. Recomendado a maiores de 16 anos.',
    dance: '{act} chega a {city} com música ao vivo. Conversa com a companhia depois do espetáculo.',
    family: '{act}: uma tarde de música, objetos e sombras para crianças a partir dos 4 anos.',
    talk: '{act}. Conversa e perguntas do público; no fim, sessão de autógrafos.',
    sport: '{act} em {city}. As portas abrem duas horas antes; zona familiar na bancada lateral.',
  },
};
