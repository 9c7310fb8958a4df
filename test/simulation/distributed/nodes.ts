// The processes of the distributed world, life after life, and what befalls them and the servers by plan.
import type { Chance } from '../kernel/chance.ts';
import { Actor } from '../kernel/scheduler.ts';
import type { Mishap } from '../people/script.ts';
import { EngineNode, type Surroundings } from './node.ts';

const RESTART_MS = 300;
const HOUR_MS = 3_600_000;
/** Of what the plan says: a stall must outlast a lease now and then, and so must the absence of a broker. */
const LONGER = 4;
const RELAY_LEASE_MS = 5_000;
const INDEXER_LEASE_MS = 10_000;

export class Nodes {
  /** The present life of each. */
  readonly present: EngineNode[] = [];
  readonly #outside: Surroundings;
  readonly #chance: Chance;
  readonly #tell: (line: () => string) => void;
  readonly #actor = new Actor('machine');
  #lives = 0;

  constructor(outside: Surroundings, chance: Chance, tell: (line: () => string) => void) {
    this.#outside = outside;
    this.#chance = chance;
    this.#tell = tell;
  }

  boot(count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.present.push(this.#newLife(i));
      this.#begin(i);
    }
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
    for (const [index, { actor, clock, log }] of this.present.entries()) {
      clock.offsetMs = clock.drift = actor.stalledUntilMs = 0;
      log.cutOut = log.cutBack = false;
      if (!actor.alive) this.#restart(index, 0);
    }
  }

  #befall(mishap: Mishap): void {
    const { faults, store, broker, index, count } = this.#outside;
    const { kind, forMs, strength } = mishap;
    const whose = mishap.process % this.present.length;
    const node = this.present[whose]!;
    if (faults.healed || !node.actor.alive) return;
    faults.struck(kind);
    this.#tell(() => `*** ${kind} (${node.actor.name}), for ${forMs} ms`);
    switch (kind) {
      case 'brokerAway':
        return broker.goAway(forMs * LONGER);
      case 'indexAway':
        return index.goAway(forMs * LONGER);
      case 'rebalance':
        return broker.rebalance();
      case 'retention':
        return broker.forget();
      case 'storeCrash':
        if (store.crash(forMs, Math.abs(strength)) > 0) count('rare commit undone by a crash');
        return;
      default:
        return this.#befallNode(mishap, whose, node);
    }
  }

  #befallNode({ kind, forMs, strength }: Mishap, whose: number, node: EngineNode): void {
    switch (kind) {
      case 'crash':
        node.die();
        return this.#restart(whose, RESTART_MS + forMs);
      case 'stop':
        void node.stop().then(() => this.#restart(whose, RESTART_MS + forMs));
        return;
      case 'stall':
        if (strength > 0.3) node.stallAt = { what: 'publishes', forMs: RELAY_LEASE_MS + forMs };
        else if (strength < -0.3) node.stallAt = { what: 'indexes', forMs: INDEXER_LEASE_MS + forMs };
        else node.stall(forMs * LONGER);
        return;
      case 'cut':
        node.log.cutOut = node.log.cutBack = true;
        return this.#later(forMs, () => (node.log.cutOut = node.log.cutBack = false));
      case 'clockJump':
        node.clock.offsetMs += Math.round(strength ** 3 * HOUR_MS);
        return;
      case 'clockDrift':
        node.clock.drift = strength * 0.05;
        return;
      default:
        throw new Error(`Nothing of the kind ${kind} befalls a node.`);
    }
  }

  #later(ms: number, run: () => unknown): void {
    this.#outside.scheduler.after(ms, this.#actor, 'mends', () => void run());
  }

  #newLife(index: number): EngineNode {
    this.#lives += 1;
    const actor = new Actor(`p${index + 1}.${this.#lives}`);
    return new EngineNode(this.#outside, actor, this.#chance.split(`life ${this.#lives}`));
  }

  /** As whoever supervises processes does: again and again, until it starts. */
  #begin(index: number): void {
    const node = this.present[index]!;
    node.start().catch(() => {
      node.die();
      this.#restart(index, RESTART_MS);
    });
  }

  #restart(index: number, inMs: number): void {
    this.#later(inMs, () => {
      if (this.present[index]!.actor.alive) return;
      const node = (this.present[index] = this.#newLife(index));
      this.#tell(() => `*** ${node.actor.name} starts`);
      this.#begin(index);
    });
  }
}
