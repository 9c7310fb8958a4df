// Catalan.
import type { Words } from './words.ts';

export const ca: Words = {
  titles: {
    concert: ['{act} en concert', '{act}: gira de sales'],
    classical: ['{act}', '{act}: concert de temporada'],
    theatre: ['{act}', '{act}, nova producció'],
    comedy: ['{act}: riures a {city}', '{act}, en directe'],
    dance: ['{act}', '{act} a {venue}'],
    family: ['{act}, per a tota la família', '{act}'],
    talk: ['Converses: {act}', '{act}'],
    sport: ['{act}: jornada a {city}', '{act}'],
  },
  descriptions: {
    concert:
      '{act} presenta a {city} les cançons noves i les de sempre, amb banda completa. Portes una hora abans.',
    classical:
      '{act} a {venue}. Introducció a les obres mitja hora abans; durada aproximada, dues hores amb descans.',
    theatre: '{act} torna a escena a {city}: un repartiment jove i una posada en escena sense ornaments.',
    comedy: "Una nit d'humor amb {act} a {venue}. Recomanat per a majors de 16 anys.",
    dance: '{act} arriba a {venue} amb música en directe. Col·loqui amb la companyia després de la funció.',
    family:
      '{act}: una tarda de música, objectes i ombres per a infants a partir de 4 anys i qui els acompanya.',
    talk: '{act}. Xerrada i preguntes del públic a {venue}; en acabar, signatura de llibres.',
    sport: '{act} a {venue}. Obertura de portes dues hores abans; zona familiar a la grada lateral.',
  },
};
