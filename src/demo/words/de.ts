// German.
import type { Words } from './words.ts';

export const de: Words = {
  titles: {
    concert: ['{act} live', '{act} – die Tournee'],
    classical: ['{act}', '{act} – Abonnementkonzert'],
    theatre: ['{act}', '{act}, Neuinszenierung'],
    comedy: ['{act}: ein Abend zum Lachen', '{act} live'],
    dance: ['{act}', '{act} in {city}'],
    family: ['{act} für die ganze Familie', '{act}'],
    talk: ['Im Gespräch: {act}', '{act}'],
    sport: ['{act}: Spieltag in {city}', '{act}'],
  },
  descriptions: {
    concert: '{act} spielt in {city} neue und alte Lieder mit ganzer Band. Einlass eine Stunde vorher.',
    classical: '{act} in {city}. Einführung eine halbe Stunde vorher; Dauer etwa zwei Stunden mit Pause.',
    theatre: '{act} kehrt in {city} auf die Bühne zurück: ein junges Ensemble, ein leerer Raum, keine Pause.',
    comedy: 'Ein Abend mit {act}. Empfohlen ab 16 Jahren.',
    dance: '{act} mit Musik live. Im Anschluss Gespräch mit der Kompanie.',
    family: '{act}: Musik, Dinge und Schatten für Kinder ab 4 Jahren und alle, die sie begleiten.',
    talk: '{act}. Vortrag und Fragen aus dem Publikum, danach werden Bücher signiert.',
    sport: '{act} in {city}. Einlass zwei Stunden vorher; Familienblock an der Längsseite.',
  },
};
