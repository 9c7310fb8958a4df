// Seats are sold by customers that change their minds, faults strike, and everything is asked.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Fault } from '../../linearizability/faults/fault.ts';
import { saveHistory } from '../../linearizability/history.ts';
import { Chance } from '../../linearizability/recorder/chance.ts';
import { Recording } from '../../linearizability/recorder/recording.ts';
import { checkEverything, type FullCheck } from './full-check.ts';
import type { WholeWorld } from './whole-world.ts';

export interface WholeRun extends FullCheck {
  readonly faults: string;
  readonly requests: number;
  readonly seen: Readonly<Record<string, number | string>>;
  readonly notRun: readonly string[];
  readonly seconds: number;
}

export interface WholeRunOptions {
  readonly seed: number;
  /** Requests at least. */
  readonly operations: number;
  readonly strikes: number;
}

const CLIENTS = 16;
const SECONDS_MAX = 240;
const KEPT = path.resolve(import.meta.dirname, '../../../data/histories');

export async function runFaults(
  world: WholeWorld,
  faults: readonly Fault<WholeWorld>[],
  { seed, operations, strikes }: WholeRunOptions,
): Promise<WholeRun> {
  const began = performance.now();
  world.seen = {};
  const name = faults.map((fault) => fault.name).join(', ');
  const notRun = faults.flatMap((fault) => {
    const reason = fault.forbidden();
    return reason === null ? [] : [`${fault.name}: not run: ${reason}`];
  });
  const recording = new Recording({ name, engines: 2, faults, strikes }, world, new Chance(seed), {
    operations,
    clients: CLIENTS,
    secondsMax: SECONDS_MAX,
    failpoints: [],
    name: `whole-${seed}`,
  });
  const { history, missed } = await recording.record();
  const check = await checkEverything(history, world);
  const complaints = [...missed.map((what) => `did not happen often enough: ${what}`), ...check.complaints];
  if (complaints.length > 0) {
    mkdirSync(KEPT, { recursive: true });
    const file = path.join(KEPT, `whole-${seed}.ndjson`);
    saveHistory(file, history);
    complaints.push(`the history is kept: npm run histories -- --check ${file}`);
  }
  return {
    ...check,
    complaints,
    faults: name,
    requests: history.attempts.length,
    seen: world.seen,
    notRun,
    seconds: Math.round((performance.now() - began) / 1000),
  };
}

/** A few lines for people. */
export function wholeRunText(run: WholeRun): string {
  const { answers, seen } = run;
  const saw = Object.entries(seen).map(([what, value]) => `${what}: ${value}`);
  return [
    `${run.complaints.length === 0 ? 'ok    ' : 'FAILED'} ${run.faults}: ${run.requests} requests in ${run.seconds} s`,
    `       ${answers.acknowledged} acknowledged, ${answers.refused} refused, unknown: ${answers.unknown.done} done and ${answers.unknown.notDone} not`,
    `       ${run.events} events in the log, ${run.messages} messages in Kafka, ${run.viewsRebuilt} views rebuilt, ${run.documents} documents in the index`,
    ...(saw.length > 0 ? [`       ${saw.join('; ')}`] : []),
    ...run.notRun.map((what) => `       ${what}`),
    ...run.complaints.slice(0, 10).map((complaint) => `       ${complaint}`),
    ...(run.complaints.length > 10 ? [`       … and ${run.complaints.length - 10} more`] : []),
  ].join('\n');
}
