// Who plays what in the demo: made-up performers and works that belong to everybody, with the tags that suit them.
import type { Kind } from './words.ts';

export interface Act {
  readonly name: string;
  readonly tags: readonly string[];
}

const act = (name: string, ...tags: string[]): Act => ({ name, tags });

export const ACTS: Readonly<Record<Kind, readonly Act[]>> = {
  concert: [
    act('Lluvia de Abril', 'indie', 'pop'),
    act('Northern Lines', 'rock'),
    act('Marea Baja', 'flamenco', 'fusion'),
    act('The Paper Lanterns', 'folk'),
    act('Kupfer & Salz', 'electronic'),
    act('Orquesta Medianoche', 'tango', 'jazz'),
    act('Les Cartes Postales', 'chanson', 'pop'),
    act('Blue Hour Quintet', 'jazz'),
    act('Saudade Elétrica', 'fado', 'electronic'),
    act('Hinterhof Brass', 'brass', 'party'),
    act('Midnight Tram', 'rock', 'indie'),
    act('Luz y Sombra', 'flamenco'),
  ],
  classical: [
    act('Beethoven: Symphony No. 7', 'orchestra'),
    act('Schubert: Winterreise', 'song'),
    act('Bach: Goldberg Variations', 'piano', 'baroque'),
    act('Albéniz: Iberia', 'piano'),
    act('Verdi: Requiem', 'choir', 'orchestra'),
    act('Mozart: String Quintets', 'chamber'),
    act('Debussy & Ravel', 'chamber'),
    act('Falla: El amor brujo', 'orchestra', 'ballet'),
  ],
  theatre: [
    act('Hamlet', 'classic', 'drama'),
    act('La vida es sueño', 'classic', 'drama'),
    act('Tartuffe', 'classic', 'satire'),
    act('Faust', 'classic', 'drama'),
    act('Fuenteovejuna', 'classic'),
    act('The Seagull', 'drama'),
    act('A Doll’s House', 'drama'),
    act('Woyzeck', 'drama'),
    act('Don Juan Tenorio', 'classic'),
  ],
  comedy: [
    act('Nadia Prieto', 'stand-up'),
    act('Two Left Shoes', 'improv'),
    act('Óscar Bermúdez', 'stand-up'),
    act('Die Nachzügler', 'cabaret'),
    act('Open Mic Deluxe', 'stand-up', 'newcomers'),
    act('Late Again', 'improv', 'music'),
  ],
  dance: [
    act('Swan Lake', 'ballet', 'classic'),
    act('Giselle', 'ballet', 'classic'),
    act('Cuerpo de Agua', 'contemporary'),
    act('Tango en Penumbra', 'tango'),
    act('Zapateado', 'flamenco'),
    act('Gravity Studies', 'contemporary', 'premiere'),
  ],
  family: [
    act('Peter and the Wolf', 'children', 'orchestra'),
    act('Circo de Papel', 'circus', 'children'),
    act('The Little Lighthouse', 'puppets', 'children'),
    act('Das Regenorchester', 'children', 'music'),
    act('Pinocchio', 'puppets', 'children'),
    act('Luna y el oso', 'shadow-theatre', 'children'),
  ],
  talk: [
    act('The Deep Sea', 'science'),
    act('Maps That Lie', 'history', 'books'),
    act('El oficio de traducir', 'books'),
    act('Eating in 2050', 'science', 'food'),
    act('Letters from the Antarctic', 'travel', 'books'),
  ],
  sport: [
    act('Basketball Cup', 'basketball'),
    act('Handball Night', 'handball'),
    act('Indoor Athletics', 'athletics'),
    act('Gymnastics Gala', 'gymnastics'),
    act('City Marathon Finish', 'running', 'outdoor'),
  ],
};
