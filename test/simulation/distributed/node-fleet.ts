// The processes of the distributed world, and what befalls the servers they share. A stall is longer here; it and a crash of the
// store may begin where they hurt.
import type { Chance } from '../kernel/chance.ts';
import { Fleet } from '../kernel/fleet.ts';
import type { Mishap } from '../people/script.ts';
import { EngineNode, type Surroundings } from './node.ts';

/** Of what the plan says: a stall must outlast a lease now and then, and so must the absence of a broker. */
const LONGER = 4;
const RELAY_LEASE_MS = 5_000;
const INDEXER_LEASE_MS = 10_000;

export function nodeFleet(
  outside: Surroundings,
  chance: Chance,
  tell: (line: () => string) => void,
): Fleet<EngineNode> {
  const { scheduler, faults, store, broker, index, count } = outside;
  return new Fleet<EngineNode>({
    scheduler,
    faults,
    chance,
    tell,
    newLife: (actor, fate) => new EngineNode(outside, actor, fate),
    befall,
  });

  function crashStore(forMs: number, lose: number): void {
    if (!faults.healed && store.crash(forMs, lose) > 0) count('rare commit undone by a crash');
  }

  function befall({ kind, forMs, strength }: Mishap, node: EngineNode): boolean {
    switch (kind) {
      case 'brokerAway':
        broker.goAway(forMs * LONGER);
        return true;
      case 'indexAway':
        index.goAway(forMs * LONGER);
        return true;
      case 'rebalance':
        broker.rebalance();
        return true;
      case 'retention':
        if (strength > 0) broker.forgetAtNextBegin();
        else broker.forget();
        return true;
      case 'storeCrash':
        if (strength > 0) store.afterUnsynced(() => crashStore(forMs, strength));
        else crashStore(forMs, -strength);
        return true;
      case 'stall':
        if (strength > 0.3) node.stallAt = { what: 'publishes', forMs: RELAY_LEASE_MS + forMs };
        else if (strength < -0.3) node.stallAt = { what: 'indexes', forMs: INDEXER_LEASE_MS + forMs };
        else node.stall(forMs * LONGER);
        return true;
      default:
        return false;
    }
  }
}
