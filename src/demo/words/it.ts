// Italian.
import type { Words } from './words.ts';

export const it: Words = {
  titles: {
    concert: ['{act} in concerto', '{act}: il tour'],
    classical: ['{act}', '{act}: concerto di stagione'],
    theatre: ['{act}', '{act}, nuovo allestimento'],
    comedy: ['{act}: una sera per ridere', '{act} dal vivo'],
    dance: ['{act}', '{act} a {city}'],
    family: ['{act} per tutta la famiglia', '{act}'],
    talk: ['Dialoghi: {act}', '{act}'],
    sport: ['{act}: giornata a {city}', '{act}'],
  },
  descriptions: {
    concert: '{act} porta a {city} canzoni nuove e di sempre, con la band al completo. Porte un’ora prima.',
    classical: '{act} a {city}. Introduzione alle opere mezz’ora prima; circa due ore con intervallo.',
    theatre: '{act} torna in scena a {city} con un cast giovane e un allestimento essenziale.',
    comedy: 'Una serata con {act}. Consigliato dai 16 anni.',
    dance: '{act} con musica dal vivo. Dopo lo spettacolo, incontro con la compagnia.',
    family: '{act}: musica, oggetti e ombre per bambini dai 4 anni e per chi li accompagna.',
    talk: '{act}. Incontro e domande del pubblico; al termine, firma delle copie.',
    sport: '{act} a {city}. Ingressi aperti due ore prima; settore famiglie in tribuna laterale.',
  },
};
