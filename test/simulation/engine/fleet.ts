// The processes of the simulated engine, and what befalls the log and the read store they share.
import type { Chance } from '../kernel/chance.ts';
import { Fleet } from '../kernel/fleet.ts';
import type { Mishap } from '../people/script.ts';
import { SimulatedProcess, type Outside } from './simulated-process.ts';

export function engineFleet(
  outside: Outside,
  chance: Chance,
  tell: (line: () => string) => void,
): Fleet<SimulatedProcess> {
  const { server, store, scheduler, faults, count } = outside;
  const fleet = new Fleet<SimulatedProcess>({
    scheduler,
    faults,
    chance,
    tell,
    newLife: (actor, fate) => new SimulatedProcess(outside, actor, fate),
    befall,
  });
  return fleet;

  function befall({ kind, forMs, strength }: Mishap): boolean {
    switch (kind) {
      case 'logCrash':
        server.crash(forMs);
        return true;
      case 'diskFull':
        server.full = true;
        fleet.later(forMs, () => (server.full = false));
        return true;
      case 'slowDisk':
        server.slowness = 1 + 60 * Math.abs(strength);
        fleet.later(forMs, () => (server.slowness = 1));
        return true;
      case 'storeCrash':
        if (store.crash(forMs, Math.max(0, strength)) > 0) count('rare commit undone by a crash');
        return true;
      default:
        return false;
    }
  }
}
