// A process that runs: how it says that it is ready, and how everything that was begun ends in the opposite order.
import type { Logger } from 'pino';
import type { Clock } from '../ports/clock.ts';
import { Fault } from '../ports/fault.ts';
import type { Engine } from './engine.ts';
import { LOG_AWAY } from './readiness.ts';

const READY_POLL_MS = 50;
const LOG_POLL_MS = 500;
/** What must remain of SHUTDOWN_MS, after the last answers, to finish the engine's own work. */
export const ENGINE_SHARE = 0.3;

export interface RunningEngine {
  readonly url: string;
  /** Drains and stops everything, within SHUTDOWN_MS and what Postgres takes to stop; safe to call twice. */
  stop(): Promise<void>;
}

export type Ends = (() => Promise<void>)[];

/** Runs `start`, which notes how to end what it begins and gives its address; a start that fails ends it at once. */
export async function running(
  logger: Logger,
  start: (ends: Ends) => Promise<string>,
): Promise<RunningEngine> {
  const ends: Ends = [];
  try {
    const url = await start(ends);
    let stopped: Promise<void> | null = null;
    return { url, stop: () => (stopped ??= endAll(ends).then(() => logger.info('Fairseat has stopped.'))) };
  } catch (error) {
    // Why it could not start is what its operator needs to know.
    await endAll(ends).catch((err: unknown) => logger.warn({ err }, 'Something could not be ended.'));
    throw error;
  }
}

/** Ends everything in the opposite order, also what comes after an end that fails; throws the first failure at last. */
export async function endAll(ends: Ends): Promise<void> {
  const failures: unknown[] = [];
  for (let end = ends.pop(); end !== undefined; end = ends.pop())
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
}

/** What listens, and why it cannot serve; null: it can. */
export interface Listening {
  readonly url: string;
  readonly readiness: () => Promise<string | null>;
}

/** Says what stands in the way of serving until nothing does, and then that it is ready; ends before when `asked` aborts. */
export async function untilReady(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  { url, readiness }: Listening,
  asked?: AbortSignal,
): Promise<void> {
  let said: string | null = null;
  for (let reason = await readiness(); reason !== null; reason = await readiness()) {
    if (asked?.aborted) return;
    if (reason !== said) logger.warn(`Not ready yet: ${reason}`);
    said = reason;
    await clock.sleep(READY_POLL_MS, asked);
  }
  if (logger.isLevelEnabled('info')) logger.info(`Fairseat is ready at ${url}`);
  else process.stdout.write(`Fairseat is ready at ${url}\n`);
}

/** Waits until the event log answers; false: `asked` aborted before. */
export async function logAnswers(
  { log, clock, logger }: Pick<Engine, 'log' | 'clock' | 'logger'>,
  asked?: AbortSignal,
): Promise<boolean> {
  for (let said = false; asked?.aborted !== true; said = true) {
    try {
      await log.lastPosition();
      return true;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (!said) logger.warn({ err: error }, `Not ready yet: ${LOG_AWAY}`);
      await clock.sleep(LOG_POLL_MS, asked);
    }
  }
  return false;
}

/** A key that was just made is shown once, and at once: whatever ends this start, nobody could learn it later. */
export function showKey(whose: "administrator's" | "demo organiser's", key: string | null): void {
  if (key !== null) process.stdout.write(`The ${whose} API key, shown this once: ${key}\n`);
}
