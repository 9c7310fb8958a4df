// French.
import type { Words } from './words.ts';

export const fr: Words = {
  titles: {
    concert: ['{act} en concert', '{act} : la tournée'],
    classical: ['{act}', '{act} : concert de saison'],
    theatre: ['{act}', '{act}, nouvelle création'],
    comedy: ['{act} : une soirée pour rire', '{act}, en scène'],
    dance: ['{act}', '{act} à {city}'],
    family: ['{act}, en famille', '{act}'],
    talk: ['Rencontre : {act}', '{act}'],
    sport: ['{act} : la journée de {city}', '{act}'],
  },
  descriptions: {
    concert:
      '{act} joue à {city} ses nouvelles chansons et les anciennes, au complet. Ouverture des portes une heure avant.',
    classical:
      '{act} à {city}. Présentation des œuvres une demi-heure avant ; environ deux heures, entracte compris.',
    theatre: '{act} revient à {city} dans une mise en scène dépouillée portée par une jeune troupe.',
    comedy: 'Une soirée avec {act}. À partir de 16 ans.',
    dance: '{act}, avec musique en direct. Rencontre avec la compagnie après le spectacle.',
    family: '{act} : musique, objets et ombres pour les enfants dès 4 ans et ceux qui les accompagnent.',
    talk: '{act}. Conférence et questions du public, suivies d’une séance de signatures.',
    sport: '{act} à {city}. Ouverture des portes deux heures avant ; tribune famille sur le côté.',
  },
};
