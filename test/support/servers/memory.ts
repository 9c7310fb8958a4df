// What processes hold in memory, as the system counts it: pages that several share are counted in parts.
import { readFileSync } from 'node:fs';

/** MB of these processes together; null where the system does not tell. */
export function memoryOf(pids: readonly (number | undefined)[]): number | null {
  try {
    const kilobytes = pids.map((pid) => {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]);
    });
    return Math.round(kilobytes.reduce((sum, each) => sum + each, 0) / 1024);
  } catch {
    return null;
  }
}
