// The tables of a bench's report: who was compared with whom, and single figures; and the lines worth quoting.
import type { Compared, Comparison, Figure } from '../../bench/harness/report.ts';
import { table } from './table.ts';

export interface Report {
  readonly quick: boolean;
  readonly compared: readonly Compared[];
  readonly figures: readonly Figure[];
  readonly notRun: readonly { readonly what: string; readonly why: string }[];
}

export function benchTables({ quick, compared, figures, notRun }: Report): string {
  const parts = quick ? ['Run small, for its checks: **these figures say nothing about speed.**\n'] : [];
  for (const each of compared)
    parts.push(`**${each.title}**; ${each.disk}; ${each.rounds} rounds\n\n${comparisons(each)}`);
  if (figures.length > 0)
    parts.push(
      table(
        ['figure', 'disk', 'seen (spread)', 'asked'],
        figures.map((figure) => [
          `${figure.title}: ${figure.what}`,
          figure.disk,
          seen(figure),
          askedOf(figure),
        ]),
      ),
    );
  for (const { what, why } of notRun) parts.push(`Not run: ${what}: ${why}.\n`);
  return parts.join('\n');
}

function comparisons({ unit, comparisons, asked, less }: Compared): string {
  const head = [
    '',
    `${unit} (spread)`,
    'fairseat is',
    'asked',
    'CPU s / 1,000: server',
    'Postgres',
    'put off',
    'p50 / p99 ms',
  ];
  const rows = comparisons.map(({ name, value, ratio, cpu, latency }) => [
    name,
    `${short(value.median)} (${short(value.min)}–${short(value.max)})`,
    ratio ? `${ratio.median.toFixed(2)} × (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})` : '',
    asked[name] === undefined ? '' : `${less ? '≤' : '≥'} ${asked[name]} ×`,
    cpu?.server.toFixed(3),
    cpu?.postgres.toFixed(3),
    cpu?.afterwards.toFixed(3),
    latency && `${short(latency.p50)} / ${short(latency.p99)}`,
  ]);
  return table(head, rows);
}

const range = ({ median, min, max }: Figure['value']): string =>
  min === max ? short(median) : `${short(median)} (${short(min)}–${short(max)})`;
const seen = ({ value, unit }: Figure): string => `${range(value)} ${unit}`.trim();
const askedOf = ({ asked, unit }: Figure): string =>
  asked ? `${asked.atMost === undefined ? `≥ ${asked.atLeast}` : `≤ ${asked.atMost}`} ${unit}`.trim() : '';

/** Every figure for which something is asked, met or not: what, seen, asked. None of a small run. */
export function headlines({ quick, compared, figures }: Report): string[][] {
  if (quick) return [];
  const ratios = compared.flatMap(({ title, disk, asked, less, comparisons }) =>
    comparisons
      .filter((side): side is Comparison & { ratio: NonNullable<Comparison['ratio']> } =>
        Boolean(side.ratio && asked[side.name] !== undefined),
      )
      .map(({ name, ratio }) => [
        `${title}, against ${name} (${disk})`,
        `${ratio.median.toFixed(2)} × (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`,
        `${less ? '≤' : '≥'} ${asked[name]} ×`,
      ]),
  );
  const single = figures
    .filter(({ asked }) => asked)
    .map((figure) => [`${figure.title}: ${figure.what} (${figure.disk})`, seen(figure), askedOf(figure)]);
  return [...ratios, ...single];
}

const short = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
