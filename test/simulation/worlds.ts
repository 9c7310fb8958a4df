// The two worlds that are simulated: processes that sell seats on one log, and what carries the log to feed, views and index.
import { feedScriptOf } from './distributed/feed-script.ts';
import { runDistributed } from './distributed/feed-world.ts';
import { scriptOf, type Script } from './people/script.ts';
import { missedInBooking, missedInFeed } from './reach.ts';
import { run, type Run } from './world.ts';

/** What every script has, so that it can be cut down. */
export interface AnyScript extends Pick<Script, 'seed' | 'processes' | 'shows' | 'rates' | 'mishaps'> {
  readonly wishes: readonly unknown[];
  readonly projects?: boolean;
}

export interface World {
  /** Of each seed, unless said. */
  readonly wishes: number;
  readonly scriptOf: (seed: number, wishes: number) => AnyScript;
  readonly run: (script: AnyScript, options?: { tell?: boolean }) => Promise<Run>;
  /** What did not happen, or too seldom. */
  readonly missed: (counts: ReadonlyMap<string, number>, commands: number) => string[];
}

const WORLDS = {
  booking: { wishes: 1_000, scriptOf, run, missed: missedInBooking },
  distributed: { wishes: 150, scriptOf: feedScriptOf, run: runDistributed, missed: missedInFeed },
} as unknown as Readonly<Record<'booking' | 'distributed', World>>;
type WorldName = keyof typeof WORLDS;

export function worldNamed(name: string): World {
  const world = WORLDS[name as WorldName] as World | undefined;
  if (!world) throw new Error(`There is no world ${name}; there are ${Object.keys(WORLDS).join(' and ')}.`);
  return world;
}
