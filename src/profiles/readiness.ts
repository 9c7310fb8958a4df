// Whether this process can serve: each reason in one sentence that says what to do.
import { sql } from 'kysely';
import type { Engine } from './engine.ts';

const ASKED_EVERY_MS = 500;
const ANSWER_MAX_MS = 2_000;
const LAG_MAX_S = 60;

/** The question of /readyz: null, or why not. The database is asked now and then, however often this is called. */
export function readinessOf(
  { database, clock, projector, clockWatch }: Pick<Engine, 'database' | 'clock' | 'projector' | 'clockWatch'>,
  isShuttingDown: () => boolean,
): () => Promise<string | null> {
  let askedAtMs = -Infinity;
  let answer: Promise<string | null> = Promise.resolve(null);
  const databaseAnswers = (): Promise<string | null> => {
    if (clock.now() - askedAtMs >= ASKED_EVERY_MS) {
      askedAtMs = clock.now();
      const asked = sql`select 1`.execute(database.db).then(
        () => null,
        () => DATABASE_AWAY,
      );
      answer = Promise.race([asked, clock.sleep(ANSWER_MAX_MS).then(() => DATABASE_AWAY)]);
    }
    return answer;
  };
  return async () => {
    if (isShuttingDown()) return 'This process is shutting down; send requests to another.';
    if (clockWatch.reason !== null) return clockWatch.reason;
    const late = projector.lag().find(({ seconds }) => seconds > LAG_MAX_S);
    if (late !== undefined)
      return `The view "${late.name}" is ${Math.round(late.seconds)} s behind the log; look for its errors in the log of this process.`;
    return databaseAnswers();
  };
}

const DATABASE_AWAY = 'The database does not answer; see that it runs and can be reached.';
