// Where a command finds its database: at DATABASE_URL, in the Postgres of whoever runs on the data folder, or in one that it
// starts, which others may join meanwhile and which is stopped when they are done.
import { constants } from 'node:os';
import type { Logger } from 'pino';
import { runningEmbeddedPostgres } from '../adapters/postgres/embedded/running.ts';
import { othersWork, waitForOthers } from '../adapters/postgres/embedded/sharing.ts';
import { DataDirInUse } from '../adapters/system/data-dir-lock.ts';
import type { Config } from '../config.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { databaseUrlOf } from './connecting.ts';
import type { Ends } from './running.ts';

/** Postgres ended the session, or nobody listens any more; the driver says it without a code when it broke off. */
const BROKEN = /^(?:57P0[123]|08\w{3}|ECONNREFUSED|ECONNRESET)$/;
const BROKEN_OFF = /Connection terminated/;

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

export interface CommandDatabase {
  readonly url: string;
  /** Whether it was there before this command. */
  readonly beside: boolean;
  /** Whether it is the embedded Postgres of another process, which may stop it. */
  readonly embedded: boolean;
  /** The answer of `work`; rejects in a sentence where its Postgres went, and Interrupted where others still need it. */
  whileThere<T>(work: Promise<T>): Promise<T>;
}

/** A signal has ended the work, and others go on by the Postgres that was started for it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('ended by a signal');
    this.exitCode = exitCode;
  }
}

interface CommandOptions {
  readonly logger: Logger;
  readonly ends: Ends;
  /** See withEngine. */
  readonly follows: boolean;
}

/** Joins the embedded Postgres that runs, or starts it; whoever is quicker to start it is joined. */
export async function databaseOfCommand(config: Config, options: CommandOptions): Promise<CommandDatabase> {
  const { databaseUrl: url } = config;
  if (url !== undefined) return { url, beside: true, embedded: false, whileThere: (work) => work };
  for (;;) {
    const running = await runningEmbeddedPostgres(config.dataDir);
    if (running !== null) {
      if (options.follows) await running.leave();
      else options.ends.push(running.leave);
      return { url: running.url, beside: true, embedded: true, whileThere: inWords };
    }
    try {
      return await started(config, options);
    } catch (error) {
      if (!(error instanceof DataDirInUse)) throw error;
    }
  }
}

async function started(config: Config, { logger, ends, follows }: CommandOptions): Promise<CommandDatabase> {
  const url = await databaseUrlOf(config, logger, ends);
  const signals = follows ? null : signalsWhile(url);
  ends.push(async () => {
    signals?.ignore();
    await waitForOthers(url, () =>
      console.error(
        'fairseat: Another command works on the Postgres that this one has started, which stops when that is done; Ctrl-C stops it at once.',
      ),
    );
  });
  const whileThere = <T>(work: Promise<T>) => (signals ? Promise.race([work, signals.interrupted]) : work);
  return { url, beside: false, embedded: false, whileThere };
}

/** A signal ends this process, or where others work on its Postgres only what it does itself; the second one everything. */
function signalsWhile(url: string): { interrupted: Promise<never>; ignore: () => void } {
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  interrupted.catch(() => {}); // it may come when nobody waits for the work any more
  const onSignal = (signal: NodeJS.Signals): void => {
    ignore();
    const exitCode = 128 + constants.signals[signal];
    void othersWork(url).then((work) => (work ? reject(new Interrupted(exitCode)) : process.exit(exitCode)));
  };
  const ignore = () => SIGNALS.forEach((name) => process.removeListener(name, onSignal));
  for (const name of SIGNALS) process.on(name, onSignal);
  return { interrupted, ignore };
}

async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!isBroken(cause)) throw cause;
    throw new StartRefused(
      'The Fairseat whose Postgres was used has stopped, or its Postgres has ended. What this command had not done yet is not done: run it again.',
      { cause },
    );
  }
}

const isBroken = (error: unknown): boolean =>
  error instanceof Error &&
  !(error instanceof StartRefused) &&
  (BROKEN.test(String((error as NodeJS.ErrnoException).code)) || BROKEN_OFF.test(error.message));
