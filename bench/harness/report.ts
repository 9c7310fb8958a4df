// The figures of a run: printed as they come, and kept for `--report FILE`, which docs/evidence.md is made from.
import { writeFileSync } from 'node:fs';
import type { Measured } from './rounds.ts';
import { median, spread, type Spread } from './spread.ts';

export type Asked = Readonly<Record<string, number>>;

export interface Comparison {
  readonly name: string;
  readonly value: Spread;
  /** Seconds for each 1,000 requests, medians. */
  readonly cpu?: { readonly server: number; readonly postgres: number; readonly afterwards: number };
  /** Milliseconds, medians of the rounds. */
  readonly latency?: { readonly p50: number; readonly p99: number };
  /** Of the first side to this one. */
  readonly ratio?: Spread;
}

export interface Compared {
  readonly title: string;
  readonly unit: string;
  readonly disk: string;
  readonly rounds: number;
  readonly less: boolean;
  readonly asked: Asked;
  readonly comparisons: readonly Comparison[];
}

/** A figure that is asked for by itself, such as a latency or a count. */
export interface Figure {
  readonly title: string;
  readonly what: string;
  readonly unit: string;
  readonly disk: string;
  readonly value: Spread;
  readonly asked?: { readonly atMost?: number; readonly atLeast?: number };
}

export function summarise(rounds: readonly Measured[]): Pick<Comparison, 'value' | 'cpu' | 'latency'> {
  const of = (pick: (round: Measured) => number | undefined) => median(rounds.map((r) => pick(r) ?? 0));
  return {
    value: spread(rounds.map(({ value }) => value)),
    ...(rounds[0]!.cpu && {
      cpu: {
        server: of((r) => r.cpu?.server),
        postgres: of((r) => r.cpu?.postgres),
        afterwards: of((r) => r.cpu?.afterwards),
      },
    }),
    ...(rounds[0]!.latency && {
      latency: { p50: of((r) => r.latency?.p50), p99: of((r) => r.latency?.p99) },
    }),
  };
}

export class Report {
  readonly #compared: Compared[] = [];
  readonly #figures: Figure[] = [];
  readonly #notRun: { what: string; why: string }[] = [];

  compared(table: Compared): void {
    this.#compared.push(table);
    console.log(`\n${table.title} (${table.disk}, ${table.rounds} rounds)`);
    for (const comparison of table.comparisons) console.log(`  ${lineOf(comparison, table)}`);
  }

  figure(figure: Figure): void {
    this.#figures.push(figure);
    const { what, unit, value, asked } = figure;
    const bound = asked && (asked.atMost === undefined ? `≥ ${asked.atLeast}` : `≤ ${asked.atMost}`);
    const range = value.min === value.max ? '' : ` (${short(value.min)}–${short(value.max)})`;
    console.log(
      `  ${figure.title}: ${what} ${short(value.median)} ${unit}${range}${bound ? `, asked ${bound}` : ''}`,
    );
  }

  /** Something that this machine does not have: said, never left out silently. */
  notRun(what: string, why: string): void {
    this.#notRun.push({ what, why });
    console.log(`  not run: ${what}: ${why}`);
  }

  write(file: string, about: Record<string, unknown>): void {
    const all = { ...about, compared: this.#compared, figures: this.#figures, notRun: this.#notRun };
    writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
  }
}

function lineOf({ name, value, ratio, cpu, latency }: Comparison, { unit, asked, less }: Compared): string {
  const parts = [`${name.padEnd(30)} ${short(value.median).padStart(8)} ${unit}`];
  if (ratio)
    parts.push(`fairseat is ${ratio.median.toFixed(2)} × (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`);
  if (asked[name] !== undefined) parts.push(`asked ${less ? '≤' : '≥'} ${asked[name]} ×`);
  if (cpu) {
    const { server, postgres, afterwards } = cpu;
    const later = afterwards > 0 ? ` + ${afterwards.toFixed(3)} for views afterwards` : '';
    parts.push(`CPU s/1,000: ${server.toFixed(3)} server + ${postgres.toFixed(3)} Postgres${later}`);
  }
  if (latency) parts.push(`p50 ${short(latency.p50)} ms, p99 ${short(latency.p99)} ms`);
  return parts.join('; ');
}

const short = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
