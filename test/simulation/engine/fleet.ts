// The processes of the simulated engine, life after life, and what befalls them by plan.
import type { Chance } from '../kernel/chance.ts';
import { Actor } from '../kernel/scheduler.ts';
import type { Mishap } from '../people/script.ts';
import { SimulatedProcess, type Outside } from './simulated-process.ts';

const RESTART_MS = 300;
const HOUR_MS = 3_600_000;

export class Fleet {
  /** The present life of each. */
  readonly processes: SimulatedProcess[] = [];
  readonly #outside: Outside;
  readonly #chance: Chance;
  readonly #tell: (line: () => string) => void;
  /** Whoever starts them, and the machines they run on. */
  readonly #actor = new Actor('machine');
  #lives = 0;

  constructor(outside: Outside, chance: Chance, tell: (line: () => string) => void) {
    this.#outside = outside;
    this.#chance = chance;
    this.#tell = tell;
  }

  async boot(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) this.processes.push(this.#newLife(i));
    await Promise.all(this.processes.map((process) => process.start()));
  }

  plan(mishaps: readonly Mishap[], fromMs: number): void {
    const { scheduler } = this.#outside;
    for (const mishap of mishaps)
      scheduler.after(fromMs + mishap.atMs - scheduler.nowMs, this.#actor, mishap.kind, () =>
        this.#befall(mishap),
      );
  }

  /** Every process runs, on the right time, and reaches everything. */
  heal(): void {
    for (const [index, { actor, clock, log }] of this.processes.entries()) {
      clock.offsetMs = clock.drift = actor.stalledUntilMs = 0;
      log.cutOut = log.cutBack = false;
      if (!actor.alive) this.#restart(index, 0);
    }
  }

  #befall(mishap: Mishap): void {
    const { server, store, faults } = this.#outside;
    const { kind, forMs, strength } = mishap;
    const index = mishap.process % this.processes.length;
    const process = this.processes[index]!;
    if (faults.healed || !process.actor.alive) return;
    faults.struck(kind);
    const whom = /^(log|disk|slow|store)/.test(kind) ? '' : ` of ${process.actor.name}`;
    this.#tell(() => `*** ${kind}${whom}, for ${forMs} ms`);
    switch (kind) {
      case 'crash':
        process.die();
        return this.#restart(index, RESTART_MS + forMs);
      case 'stop':
        void process.stop().then(() => this.#restart(index, RESTART_MS + forMs));
        return;
      case 'stall':
        process.actor.stalledUntilMs = this.#outside.scheduler.nowMs + forMs;
        return;
      case 'cut':
        process.log.cutOut = process.log.cutBack = true;
        return this.#later(forMs, () => (process.log.cutOut = process.log.cutBack = false));
      case 'cutOut':
        process.log.cutOut = true;
        return this.#later(forMs, () => (process.log.cutOut = false));
      case 'cutBack':
        process.log.cutBack = true;
        return this.#later(forMs, () => (process.log.cutBack = false));
      case 'clockJump':
        process.clock.offsetMs += Math.round(strength ** 3 * HOUR_MS);
        return;
      case 'clockDrift':
        process.clock.drift = strength * 0.05;
        return;
      case 'logCrash':
        return server.crash(forMs);
      case 'diskFull':
        server.full = true;
        return this.#later(forMs, () => (server.full = false));
      case 'slowDisk':
        server.slowness = 1 + 60 * Math.abs(strength);
        return this.#later(forMs, () => (server.slowness = 1));
      case 'storeCrash':
        if (store.crash(forMs, Math.max(0, strength)) > 0)
          this.#outside.count('rare commit undone by a crash');
        return;
      default:
        throw new Error(`Nothing of the kind ${kind} befalls this world.`);
    }
  }

  #later(ms: number, run: () => unknown): void {
    this.#outside.scheduler.after(ms, this.#actor, 'mends', () => void run());
  }

  #newLife(index: number): SimulatedProcess {
    this.#lives += 1;
    const actor = new Actor(`p${index + 1}`);
    return new SimulatedProcess(this.#outside, actor, this.#chance.split(`life ${this.#lives}`));
  }

  /** As whoever supervises processes does: again and again, until it starts. */
  #restart(index: number, inMs: number): void {
    this.#later(inMs, () => {
      if (this.processes[index]!.actor.alive) return;
      const process = (this.processes[index] = this.#newLife(index));
      this.#tell(() => `*** ${process.actor.name} starts again`);
      process.start().catch(() => {
        process.die();
        this.#restart(index, RESTART_MS);
      });
    });
  }
}
