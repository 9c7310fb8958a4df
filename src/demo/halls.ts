// The demo's halls, from a club of 50 seats to a stadium of 50,000. Halls of one shape differ in their venue only.
import type { Layout } from '../commands/import/layout.ts';
import type { RowColumns } from '../domain/seating-plan/events.ts';
import type { Area } from '../domain/seating-plan/plan.ts';
import { arcBlock, ovalBlock } from './hall-shapes.ts';
import type { Kind } from './words/words.ts';

export interface Hall extends Layout {
  readonly name: string;
  /** Price of each category in tens of euros, in the order of the categories. */
  readonly priceTens: readonly number[];
  /** What is played there. */
  readonly kinds: readonly Kind[];
  /** Seats and places. */
  readonly capacity: number;
}

interface Part {
  readonly name: string;
  readonly color: string;
  readonly priceTens: number;
}

interface Drawn {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly parts: readonly Part[];
  readonly rows: readonly RowColumns[];
  /** Capacity of the standing area of a category. */
  readonly standing?: { readonly category: number; readonly capacity: number };
  readonly focalPoint?: { readonly x: number; readonly y: number };
}

const part = (name: string, color: string, priceTens: number): Part => ({ name, color, priceTens });

function hall({ name, kinds, parts, rows, standing, focalPoint = { x: 0, y: 0 } }: Drawn): Hall {
  const areas: Area[] = [];
  const of = standing && parts[standing.category];
  if (standing && of)
    areas.push({
      id: of.name.toLowerCase(),
      name: of.name,
      categoryId: of.name,
      capacity: standing.capacity,
    });
  return {
    name,
    kinds,
    rows,
    areas,
    focalPoint,
    categories: parts.map((p) => ({ id: p.name, name: p.name, color: p.color })),
    priceTens: parts.map((p) => p.priceTens),
    capacity: rows.reduce((sum, row) => sum + row.ids.length, standing?.capacity ?? 0),
  };
}

/** 50 seats around a small stage. */
export const cellar = (): Hall =>
  hall({
    name: 'Cellar',
    kinds: ['concert', 'comedy', 'talk'],
    parts: [part('Tables', '#b5651d', 1.8)],
    rows: arcBlock({ zone: 'Tables', prefix: '', category: 0, rows: 5, seatsOfRow: (r) => 8 + r, radius: 3 }),
  });

/** A floor to stand on, and a balcony of 60 seats. */
export const club = (standing: number): Hall =>
  hall({
    name: 'Club',
    kinds: ['concert', 'comedy'],
    parts: [part('Floor', '#2a9d8f', 2.2), part('Balcony', '#e9c46a', 3)],
    rows: arcBlock({ zone: 'Balcony', prefix: '', category: 1, rows: 3, seatsOfRow: () => 20, radius: 12 }),
    standing: { category: 0, capacity: standing },
  });

/** Straight from the front row to the back: 120 to 250 seats. */
export const studio = (rows: number): Hall =>
  hall({
    name: 'Studio',
    kinds: ['theatre', 'comedy', 'talk', 'family', 'dance'],
    parts: [part('Stalls', '#457b9d', 2.4)],
    rows: arcBlock({
      zone: 'Stalls',
      prefix: '',
      category: 0,
      rows,
      seatsOfRow: (r) => 12 + Math.floor(r / 2),
      radius: 20,
    }),
  });

/** Stalls, circle and gallery: 400 to 1,200 seats. */
export const theatre = (width: number): Hall =>
  hall({
    name: 'Great hall',
    kinds: ['theatre', 'dance', 'classical', 'family', 'comedy'],
    parts: [part('Stalls', '#9d0208', 4.5), part('Circle', '#dc2f02', 3.2), part('Gallery', '#faa307', 1.6)],
    rows: [
      ...arcBlock({
        zone: 'Stalls',
        prefix: '',
        category: 0,
        rows: 16,
        seatsOfRow: (r) => width + Math.floor(r / 2),
        radius: 10,
      }),
      ...arcBlock({
        zone: 'Circle',
        prefix: 'C',
        category: 1,
        rows: 5,
        seatsOfRow: () => width + 10,
        radius: 27,
      }),
      ...arcBlock({
        zone: 'Gallery',
        prefix: 'G',
        category: 2,
        rows: 4,
        seatsOfRow: () => width + 14,
        radius: 33,
      }),
    ],
  });

/** About 2,000 seats, some of them behind the orchestra. */
export const concertHall = (): Hall =>
  hall({
    name: 'Concert hall',
    kinds: ['classical', 'concert', 'dance'],
    parts: [part('Parterre', '#3d348b', 5.5), part('Balcony', '#7678ed', 3.8), part('Choir', '#f7b801', 2)],
    rows: [
      ...arcBlock({
        zone: 'Parterre',
        prefix: '',
        category: 0,
        rows: 26,
        seatsOfRow: (r) => 32 + r,
        radius: 12,
      }),
      ...arcBlock({
        zone: 'Balcony',
        prefix: 'B',
        category: 1,
        rows: 10,
        seatsOfRow: (r) => 66 + r,
        radius: 38,
      }),
      ...arcBlock({
        zone: 'Choir',
        prefix: 'K',
        category: 2,
        rows: 5,
        seatsOfRow: (r) => 24 + r,
        radius: -12,
        step: -0.9,
      }),
    ],
  });

/** Two rings of blocks around a floor, which is a standing area. */
export const arena = (): Hall =>
  hall({
    name: 'Arena',
    kinds: ['concert', 'sport', 'comedy', 'family'],
    parts: [
      part('Floor', '#ef476f', 5.5),
      part('Lower ring', '#ffd166', 4.8),
      part('Upper ring', '#06d6a0', 3.2),
    ],
    rows: [
      ...ring({
        tier: 'L',
        zone: 'Lower',
        blocks: 16,
        rows: 10,
        seats: 20,
        across: 36,
        along: 24,
        categoryOf: () => 1,
      }),
      ...ring({
        tier: 'U',
        zone: 'Upper',
        blocks: 20,
        rows: 8,
        seats: 20,
        across: 50,
        along: 38,
        categoryOf: () => 2,
      }),
    ],
    standing: { category: 0, capacity: 2_500 },
    focalPoint: { x: -30, y: 0 },
  });

/** 50,000 seats in 44 curved blocks: 20 × 25 × 40 below and 24 × 25 × 50 above. */
export const stadium = (): Hall =>
  hall({
    name: 'Stadium',
    kinds: ['concert', 'sport'],
    parts: [
      part('Main stand', '#0077b6', 9),
      part('Side stand', '#00b4d8', 7),
      part('Ends', '#90e0ef', 4.5),
      part('Upper tier', '#caf0f8', 3),
    ],
    rows: [
      ...ring({
        tier: 'L',
        zone: 'Lower',
        blocks: 20,
        rows: 25,
        seats: 40,
        across: 62,
        along: 44,
        categoryOf: standOf,
      }),
      ...ring({
        tier: 'U',
        zone: 'Upper',
        blocks: 24,
        rows: 25,
        seats: 50,
        across: 90,
        along: 72,
        categoryOf: () => 3,
      }),
    ],
  });

/** By the middle of a block: the long sides are dearer than the ends. */
function standOf(angle: number): number {
  const side = Math.sin(angle);
  if (side > 0.6) return 0;
  return side < -0.6 ? 1 : 2;
}

interface Ring {
  readonly tier: string;
  readonly zone: string;
  readonly blocks: number;
  readonly rows: number;
  readonly seats: number;
  readonly across: number;
  readonly along: number;
  readonly categoryOf: (angle: number) => number;
}

function ring({ tier, zone, blocks, rows, seats, across, along, categoryOf }: Ring): RowColumns[] {
  const turn = (2 * Math.PI) / blocks;
  return Array.from({ length: blocks }, (_, b) => {
    const name = `${tier}${String(b + 1).padStart(2, '0')}`;
    const [from, to] = [b * turn, (b + 1) * turn];
    return ovalBlock({
      zone: `${zone} ${name}`,
      prefix: `${name}-`,
      category: categoryOf((from + to) / 2),
      rows,
      seats,
      across,
      along,
      from,
      to,
    });
  }).flat();
}
