// Whether this process can serve: each reason in one sentence that says what to do.
import { sql } from 'kysely';
import type { SteadyClock } from '../ports/clock.ts';
import type { Engine } from './engine.ts';

const ASKED_EVERY_MS = 500;
const ANSWER_MAX_MS = 2_000;
/** Asking writes a megabyte. */
const ROOM_ASKED_EVERY_MS = 5_000;
const LAG_MAX_S = 60;

type Parts = Pick<Engine, 'clock' | 'projector' | 'clockWatch' | 'noRoomForLog'> & {
  readonly database: Pick<Engine['database'], 'db'>;
  readonly log: Pick<Engine['log'], 'lastPosition'>;
};

/**
 * The question of /readyz: null, or why not. The servers are asked now and then, however often this is called, and first: a
 * clock that could not be compared, say, follows from a log that is away. `waitsFor`: what a start has still to do,
 * or what else works in the process and cannot now.
 */
export function readinessOf(
  { database, log, clock, projector, clockWatch, noRoomForLog }: Parts,
  isShuttingDown: () => boolean,
  waitsFor: () => string | null | Promise<string | null> = () => null,
): () => Promise<string | null> {
  const within = (asked: Promise<string | null>, otherwise: string | null): Promise<string | null> =>
    Promise.race([asked.catch(() => otherwise), clock.sleep(ANSWER_MAX_MS).then(() => otherwise)]);
  const answers = (asked: Promise<unknown>, away: string) =>
    within(
      asked.then(() => null),
      away,
    );
  const serversAnswer = nowAndThen(clock, ASKED_EVERY_MS, async () => {
    const [ofDatabase, ofLog] = await Promise.all([
      answers(sql`select 1`.execute(database.db), DATABASE_AWAY),
      answers(log.lastPosition(), LOG_AWAY),
    ]);
    return ofDatabase ?? ofLog;
  });
  const hasRoom = nowAndThen(clock, ROOM_ASKED_EVERY_MS, () => {
    // Where it does not say, the servers that do not answer are told of.
    return within(
      noRoomForLog().then((why) => why && DISK_FULL),
      null,
    );
  });
  return async () => {
    if (isShuttingDown()) return 'This process is shutting down; send requests to another.';
    const first =
      (await serversAnswer()) ??
      (await hasRoom()) ??
      (await waitsFor()) ??
      clockWatch.reason ??
      projector.refusal();
    if (first !== null) return first;
    const late = projector.lag().find(({ seconds }) => seconds > LAG_MAX_S);
    return late === undefined
      ? null
      : `The view "${late.name}" is ${Math.round(late.seconds)} s behind the log; look for its errors in the log of this process.`;
  };
}

/** The newest answer to a question that is asked every `everyMs` at most. */
function nowAndThen(
  clock: Pick<SteadyClock, 'steady'>,
  everyMs: number,
  ask: () => Promise<string | null>,
): () => Promise<string | null> {
  let askedAtMs = -Infinity;
  let answer: Promise<string | null> = Promise.resolve(null);
  return () => {
    if (clock.steady() - askedAtMs >= everyMs) {
      askedAtMs = clock.steady();
      answer = ask();
    }
    return answer;
  };
}

const DATABASE_AWAY = 'The database does not answer; see that it runs and can be reached.';
const DISK_FULL =
  'The disk of the database is full, so that commands are refused; make room on it, and they are taken again without a start.';
export const LOG_AWAY =
  'The event log does not answer, so that commands are refused; see that it runs and can be reached (EVENTSTORE_URL, or DATABASE_URL without it).';
