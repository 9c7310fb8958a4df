// Something that goes wrong with the real processes of a recording, and is made good again.
import type { Chance } from '../recorder/chance.ts';
import type { World } from '../world/world.ts';

/** `W`: the processes that it is done to. */
export interface Fault<W = World> {
  readonly name: string;
  /** Why this machine does not permit it; null where it does. */
  forbidden(): string | null;
  /** What Postgres writes into its log when it was hit: a strike that left no such line does not count. */
  readonly trace?: string;
  /** Does its harm and undoes it; resolves when everything can run again, with false where no harm was seen: it does not count. */
  strike(world: W, chance: Chance): Promise<boolean | void>;
}

export const always = (): null => null;

/** For faults that need one process and one line: the engine that is hit this time. */
export const anyOf = <T>(things: readonly T[], chance: Chance): T => chance.pick(things);
