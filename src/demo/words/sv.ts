// Swedish.
import type { Words } from './words.ts';

export const sv: Words = {
  titles: {
    concert: ['{act} live', '{act}: klubbturnén'],
    classical: ['{act}', '{act}: säsongskonsert'],
    theatre: ['{act}', '{act}, ny uppsättning'],
    comedy: ['{act}: en kväll att skratta åt', '{act} live'],
    dance: ['{act}', '{act} i {city}'],
    family: ['{act} för hela familjen', '{act}'],
    talk: ['Samtal: {act}', '{act}'],
    sport: ['{act}: matchdag i {city}', '{act}'],
  },
  descriptions: {
    concert: '{act} spelar nya och gamla låtar i {city} med hela bandet. Insläpp en timme före.',
    classical: '{act} i {city}. Introduktion en halvtimme före; ungefär två timmar med paus.',
    theatre: '{act} är tillbaka på scenen i {city}: en ung ensemble och ett tomt rum.',
    comedy: 'En kväll med {act}. Rekommenderas från 16 år.',
    dance: '{act} med levande musik. Eftersamtal med kompaniet.',
    family: '{act}: musik, föremål och skuggor för barn från 4 år och dem som följer med.',
    talk: '{act}. Föredrag och frågor från publiken, därefter signering.',
    sport: '{act} i {city}. Portarna öppnar två timmar före; familjesektion på långsidan.',
  },
};
