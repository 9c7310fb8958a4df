// Everything that is asked after a fault: what was acknowledged is in the log, and linearizable; each event of the log is in
// Kafka once or more and in each view exactly once; views equal their rebuild, the index equals the views.
import { sql } from 'kysely';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import {
  compareWithLog,
  failures,
  keepBooks,
  type Verdicts,
} from '../../linearizability/aftermath/claims.ts';
import type { Logged } from '../../linearizability/aftermath/log.ts';
import { compareMaps, rebuildViews } from '../../linearizability/aftermath/views.ts';
import { faultsText, judge } from '../../linearizability/checker/verdict.ts';
import type { History } from '../../linearizability/history.ts';
import { Chance } from '../../linearizability/recorder/chance.ts';
import { indexComplaints } from '../../workers/index-complaints.ts';
import { contentOf, feedComplaints, wholeLog } from '../feed-content.ts';
import type { WholeWorld } from './whole-world.ts';

export interface FullCheck {
  readonly complaints: readonly string[];
  readonly answers: Pick<Verdicts, 'acknowledged' | 'refused' | 'unknown'>;
  readonly events: number;
  readonly messages: number;
  readonly viewsRebuilt: number;
  readonly documents: number;
}

export async function checkEverything(history: History, world: WholeWorld): Promise<FullCheck> {
  await world.caughtUp();
  const events = await wholeLog(world.log);
  const log = events.map(toLogged);
  const counted = byNumber(history, log);
  const books = keepBooks(counted.history, counted.log);
  // Recordings before it have named their requests alike.
  const shows = new Set(history.shows.map(({ id }) => `show-${id}`));
  const ofIt = counted.log.filter(({ stream }) => shows.has(stream));
  const answers = compareWithLog(counted.history, ofIt);
  const verdict = judge(history);
  const maps = await compareMaps(world.engines[0]!.url, history.shows, log, new Chance(1));
  const feed = await world.openFeed();
  const messages = await contentOf(feed);
  await feed.close();
  const views = await rebuildViews(world.environment);
  const found = world.search ? await indexComplaints(world.db, world.search.url, world.index) : null;
  return {
    answers,
    events: events.length,
    messages: messages.length,
    viewsRebuilt: views.length,
    documents: found?.documents ?? 0,
    complaints: [
      ...books.complaints,
      ...answers.complaints,
      ...failures(history),
      ...(verdict.linearizable ? [] : [`the history is not linearizable\n${faultsText(verdict)}`]),
      ...maps.complaints,
      ...feedComplaints(events, messages),
      ...(await holdComplaints(events, world)),
      ...views
        .filter(({ identical }) => identical !== true)
        .map(({ name, identical }) =>
          identical === false
            ? `the view ${name} differs from its rebuild`
            : `the view ${name} was not compared with its rebuild: the log went on`,
        ),
      ...(found?.complaints ?? []),
    ],
  };
}

const toLogged = ({ position, stream, revision, id, type, data, metadata }: RecordedEvent): Logged => {
  const { at, actor, commandId, correlationId } = metadata;
  return { position, stream, revision, id, type, data, at, actor, commandId, correlationId };
};

/** Positions of EventStoreDB have gaps, those of the books count from 1: the same order, by number. */
function byNumber(history: History, log: readonly Logged[]): { history: History; log: Logged[] } {
  const numberOf = (position: number): number => {
    let [low, high] = [0, log.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (log[middle]!.position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const attempts = history.attempts.map((attempt) =>
    attempt.answer.kind === 'done' && attempt.answer.position !== undefined
      ? { ...attempt, answer: { ...attempt.answer, position: numberOf(attempt.answer.position) } }
      : attempt,
  );
  return { history: { ...history, attempts }, log: log.map((event, n) => ({ ...event, position: n + 1 })) };
}

/** Each hold and offer of the log is a row, and there are no others. Offers go on lapsing meanwhile, and make others. */
async function holdComplaints(before: readonly RecordedEvent[], { db, log }: WholeWorld): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from read.holds`.execute(db);
  const there = new Set(rows.map(({ id }) => id));
  const made = holdsIn(await wholeLog(log));
  const known = new Set(made);
  const missing = holdsIn(before).filter((id) => !there.has(id)).length;
  const unknown = rows.filter(({ id }) => !known.has(id)).length;
  if (missing === 0 && unknown === 0 && there.size === rows.length && known.size === made.length) return [];
  return [
    `${made.length} holds in the log, ${rows.length} in their view, ${missing} missing, ${unknown} in no event`,
  ];
}

const holdsIn = (events: readonly RecordedEvent[]): string[] =>
  events
    .filter(({ type }) => type === 'SeatsHeld' || type === 'SeatsOffered')
    .map(({ data }) => (data as { holdId: string }).holdId);
