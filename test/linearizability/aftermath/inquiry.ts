// Everything that is asked after a recording: the verdict on the history, the log against the answers, the views against the log.
import { faultsText, judge, type Verdict } from '../checker/verdict.ts';
import type { History, LogOrder } from '../history.ts';
import { Chance } from '../recorder/chance.ts';
import type { World } from '../world/world.ts';
import { compareWithLog, failures, keepBooks, type Verdicts } from './claims.ts';
import { orderInLog, readLog, type Logged } from './log.ts';
import { compareMaps, rebuildViews } from './views.ts';

export interface Findings {
  readonly logOrder: LogOrder;
  readonly verdict: Verdict;
  readonly answers: Verdicts;
  readonly events: number;
  readonly revisionsBalanced: number;
  readonly mapsCompared: number;
  readonly viewsRebuilt: number;
  /** What is not as it must be. */
  readonly complaints: readonly string[];
}

const HALF_AN_HOUR_MS = 1_800_000;

/** Where clocks jumped ahead, some decision must have been made in that time: else nothing was tried. */
function clockComplaints({ clockIsTrue }: History, log: readonly Logged[]): string[] {
  const ahead = log.some(({ at }) => Date.parse(at) > Date.now() + HALF_AN_HOUR_MS);
  return clockIsTrue === !ahead ? [] : [ahead ? 'the log is ahead of its time' : 'no clock was seen to jump'];
}

export async function inquire(history: History, world: World): Promise<Findings> {
  const log = await readLog(world.databaseUrl);
  const books = keepBooks(history, log);
  const answers = compareWithLog(history, log);
  const maps = await compareMaps(world.engines[0]!.url, history.shows, log, new Chance(1));
  const views = await rebuildViews({ DATABASE_URL: world.databaseUrl });
  const logOrder = orderInLog(history, log);
  const verdict = judge({ ...history, logOrder });
  const differing = views.filter(({ identical }) => identical !== true);
  return {
    logOrder,
    verdict,
    answers,
    events: log.length,
    revisionsBalanced: books.revisions,
    mapsCompared: maps.compared,
    viewsRebuilt: views.length,
    complaints: [
      ...books.complaints,
      ...answers.complaints,
      ...failures(history),
      ...maps.complaints,
      ...clockComplaints(history, log),
      ...differing.map(({ name }) => `the view ${name} differs from its rebuild`),
      ...(verdict.linearizable ? [] : [`the history is not linearizable\n${faultsText(verdict)}`]),
    ],
  };
}
