// Interleaved rounds, A B B A …, so that a machine that slows down slows all sides; medians and the ratio round by round.
import type { Bench } from './bench.ts';
import { summarise, type Asked, type Comparison } from './report.ts';
import { spread } from './spread.ts';

export interface Measured {
  /** In the unit of the comparison. */
  readonly value: number;
  /** Seconds of processor time for each 1,000 requests. */
  readonly cpu?: { readonly server: number; readonly postgres: number; readonly afterwards?: number };
  readonly latency?: { readonly p50: number; readonly p99: number };
}

export interface Side {
  readonly name: string;
  /** One round; throws when its result is not correct, which voids the figure. */
  run(round: number): Promise<Measured>;
}

export interface Race {
  readonly title: string;
  readonly unit: string;
  readonly sides: readonly Side[];
  /** What the first side must reach, as a multiple of another, by that one's name. */
  readonly asked?: Asked;
  /** Where less is better, such as milliseconds, the ratio asked is a maximum. */
  readonly less?: boolean;
}

/** Runs every side in every round, each second round backwards, after one uncounted round (none where only checks count). */
export async function race(
  bench: Bench,
  { title, unit, sides, asked = {}, less = false }: Race,
): Promise<Comparison[]> {
  const measured = sides.map((): Measured[] => []);
  for (let round = bench.quick ? 1 : 0; round <= bench.rounds; round += 1) {
    const order = sides.map((_, i) => i);
    if (round % 2 === 1) order.reverse();
    for (const i of order) {
      const result = await sides[i]!.run(round);
      if (round > 0) measured[i]!.push(result);
    }
    if (round > 0) console.error(`  round ${round}/${bench.rounds}: ${said(sides, measured)} ${unit}`);
  }
  const comparisons = sides.map(({ name }, i): Comparison => {
    const ratios = measured[i]!.map(({ value }, r) => measured[0]![r]!.value / value);
    return { name, ...summarise(measured[i]!), ratio: i === 0 ? undefined : spread(ratios) };
  });
  bench.report.compared({
    title,
    unit,
    disk: bench.disk.name,
    rounds: bench.rounds,
    less,
    asked,
    comparisons,
  });
  return comparisons;
}

const said = (sides: readonly Side[], measured: readonly Measured[][]): string =>
  sides.map(({ name }, i) => `${name} ${rounded(measured[i]!.at(-1)!.value)}`).join(', ');
const rounded = (value: number): string => (value >= 100 ? String(Math.round(value)) : value.toPrecision(3));
