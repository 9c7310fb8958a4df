// Interleaved rounds, A B B A …, so that a machine that slows down slows all sides; medians and the ratio round by round.

export interface Side {
  readonly name: string;
  /** One round; gives what it measured, throws when its result is not correct. */
  run(round: number): Promise<number>;
}

export interface Comparison {
  readonly name: string;
  readonly median: number;
  /** Of the first side to this one, round by round: median and spread. */
  readonly ratio: { readonly median: number; readonly min: number; readonly max: number };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** Runs every side in every round, each second round backwards; one uncounted round first. */
export async function compare(sides: readonly Side[], rounds: number, unit: string): Promise<Comparison[]> {
  const measured = sides.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    const order = sides.map((_, i) => i);
    if (round % 2 === 1) order.reverse();
    for (const i of order) {
      const value = await sides[i]!.run(round);
      if (round > 0) measured[i]!.push(value);
    }
    if (round > 0)
      console.error(
        `  round ${round}/${rounds}: ${sides.map((s, i) => `${s.name} ${Math.round(measured[i]!.at(-1)!)}`).join(', ')} ${unit}`,
      );
  }
  return sides.map(({ name }, i) => {
    const ratios = measured[0]!.map((value, r) => value / measured[i]![r]!);
    return {
      name,
      median: median(measured[i]!),
      ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
    };
  });
}

/** One line a side: its median, and how the first side compares to it. */
export function print(
  title: string,
  unit: string,
  comparisons: readonly Comparison[],
  targets: Record<string, number>,
): void {
  console.log(`\n${title}`);
  for (const { name, median: value, ratio } of comparisons) {
    const target = targets[name];
    const compared =
      name === comparisons[0]!.name
        ? ''
        : `  engine is ${ratio.median.toFixed(2)} × (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})${target === undefined ? '' : `, asked ≥ ${target} ×`}`;
    console.log(`  ${name.padEnd(28)} ${Math.round(value).toLocaleString('en')} ${unit}${compared}`);
  }
}
