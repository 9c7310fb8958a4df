// The processes of a simulated world, life after life, and what befalls them by plan.
import type { Mishap } from '../people/script.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { ProcessClock } from './process-clock.ts';
import { Actor, type Scheduler } from './scheduler.ts';

const RESTART_MS = 300;
const HOUR_MS = 3_600_000;

/** One life of a process. */
export interface Life {
  readonly actor: Actor;
  readonly clock: ProcessClock;
  /** Its connection to the log. */
  readonly log: { cutOut: boolean; cutBack: boolean };
  /** Rejects where it cannot start: who runs it starts it again. */
  start(): Promise<void>;
  /** In order, as on SIGTERM. */
  stop(): Promise<void>;
  /** At once, wherever it is: what waits for something never goes on. */
  die(): void;
}

interface FleetParts<L extends Life> {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly chance: Chance;
  readonly tell: (line: () => string) => void;
  readonly newLife: (actor: Actor, chance: Chance) => L;
  /** What befalls the servers, or befalls a process otherwise than here; false: it is none of that. */
  readonly befall: (mishap: Mishap, life: L) => boolean;
}

export class Fleet<L extends Life> {
  /** The present life of each. */
  readonly present: L[] = [];
  readonly #parts: FleetParts<L>;
  /** Whoever starts them, and the machines they run on. */
  readonly #actor = new Actor('machine');
  #lives = 0;

  constructor(parts: FleetParts<L>) {
    this.#parts = parts;
  }

  /** Puts them there; nothing is started. */
  found(count: number): void {
    for (let i = 0; i < count; i += 1) this.present.push(this.#newLife(i));
  }

  plan(mishaps: readonly Mishap[], fromMs: number): void {
    const { scheduler } = this.#parts;
    for (const mishap of mishaps)
      scheduler.after(fromMs + mishap.atMs - scheduler.nowMs, this.#actor, mishap.kind, () =>
        this.#befall(mishap),
      );
  }

  /** As whoever supervises processes does: again and again, until it starts. */
  begin(index: number): void {
    const life = this.present[index]!;
    life.start().catch(() => {
      life.die();
      this.#restart(index, RESTART_MS);
    });
  }

  /** Every process runs, on the right time, and reaches everything. */
  heal(): void {
    for (const [index, { actor, clock, log }] of this.present.entries()) {
      clock.offsetMs = clock.drift = actor.stalledUntilMs = 0;
      log.cutOut = log.cutBack = false;
      if (!actor.alive) this.#restart(index, 0);
    }
  }

  later(ms: number, run: () => unknown): void {
    this.#parts.scheduler.after(ms, this.#actor, 'mends', () => void run());
  }

  #befall(mishap: Mishap): void {
    const { faults, tell, befall } = this.#parts;
    const index = mishap.process % this.present.length;
    const life = this.present[index]!;
    if (faults.healed || !life.actor.alive) return;
    faults.struck(mishap.kind);
    tell(() => `*** ${mishap.kind} (${life.actor.name}), for ${mishap.forMs} ms`);
    if (!befall(mishap, life)) this.#befallLife(mishap, index, life);
  }

  #befallLife({ kind, forMs, strength }: Mishap, index: number, life: L): void {
    const { actor, clock, log } = life;
    switch (kind) {
      case 'crash':
        life.die();
        return this.#restart(index, RESTART_MS + forMs);
      case 'stop':
        void life.stop().then(() => this.#restart(index, RESTART_MS + forMs));
        return;
      case 'stall':
        actor.stalledUntilMs = this.#parts.scheduler.nowMs + forMs;
        return;
      case 'cut':
        log.cutOut = log.cutBack = true;
        return this.later(forMs, () => (log.cutOut = log.cutBack = false));
      case 'cutOut':
        log.cutOut = true;
        return this.later(forMs, () => (log.cutOut = false));
      case 'cutBack':
        log.cutBack = true;
        return this.later(forMs, () => (log.cutBack = false));
      case 'clockJump':
        clock.offsetMs += Math.round(strength ** 3 * HOUR_MS);
        return;
      case 'clockDrift':
        clock.drift = strength * 0.05;
        return;
      default:
        throw new Error(`Nothing of the kind ${kind} befalls this world.`);
    }
  }

  #newLife(index: number): L {
    const { chance, newLife } = this.#parts;
    this.#lives += 1;
    const actor = new Actor(`p${index + 1}.${this.#lives}`);
    return newLife(actor, chance.split(`life ${this.#lives}`));
  }

  #restart(index: number, inMs: number): void {
    this.later(inMs, () => {
      if (this.present[index]!.actor.alive) return;
      const life = (this.present[index] = this.#newLife(index));
      this.#parts.tell(() => `*** ${life.actor.name} starts`);
      this.begin(index);
    });
  }
}
