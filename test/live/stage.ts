// A live stream on a stage: connections that take what they are given until they are full, and what their clients believe.
import { EventEmitter } from 'node:events';
import { expect } from 'vitest';
import type { StreamTarget } from '../../src/live/listener.ts';
import { LiveStream, type StreamLimits } from '../../src/live/live-stream.ts';
import { LiveWorld, SHOW, codesOf, type AvailabilityJson } from './world.ts';

interface Told {
  readonly event: string;
  readonly id: number;
  readonly data: AvailabilityJson & { changes: [number, number][]; areas: { id: string }[] };
}

/** A connection: takes what it is given until its buffer is full, then says so until it is drained. */
export class Connection extends EventEmitter implements StreamTarget {
  destroyed = false;
  ended = false;
  text = '';
  full = false;
  writes = 0;
  write(chunk: Buffer): boolean {
    this.writes += 1;
    this.text += chunk.toString();
    return !this.full;
  }
  drain(): void {
    this.full = false;
    this.emit('drain');
  }
  /** Closes once all has been taken, as a response does: one that is full stays. */
  end(): void {
    this.ended = true;
    if (!this.full) this.destroy();
  }
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
  get told(): Told[] {
    const blocks = this.text.split('\n\n').filter((block) => block && !block.startsWith(':'));
    return blocks.map((block): Told => {
      const field = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s))) as Record<
        string,
        string
      >;
      return {
        event: field['event']!,
        id: Number(field['id']),
        data: JSON.parse(field['data']!) as Told['data'],
      };
    });
  }
  get kinds(): string[] {
    return this.told.map(({ event, id }) => `${event} ${id}`);
  }
}

export async function stage(limits: Partial<StreamLimits> = {}) {
  const world = await LiveWorld.started({
    rows: 4,
    seatsPerRow: 20,
    areas: [{ id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 50 }],
  });
  const stream = new LiveStream({ shows: world.live, clock: world.clock, limits });
  const join = async (lastEventId: number | null = null, connection = new Connection()) => {
    expect(await stream.listen(SHOW, lastEventId, () => connection)).toBe('listening');
    return connection;
  };
  /** So many holds of a seat each, one revision each, told one after another. */
  const hold = async (n: number) => {
    for (let i = 0; i < n; i += 1) {
      const seat = world.show.state.holds.size;
      world.show.held(`c${seat}`, [world.show.state.plan.seatIds[seat]!]);
      await world.publish();
      await world.clock.pass(25);
    }
  };
  return { world, stream, join, hold };
}

/** What a client that applies everything it was told believes. */
export function belief(connection: Connection) {
  let codes: number[] = [];
  const areas = new Map<string, unknown>();
  for (const { event, data } of connection.told) {
    if (event === 'snapshot') codes = codesOf(data);
    else for (const [seat, code] of data.changes) codes[seat] = code;
    for (const area of data.areas) areas.set(area.id, area);
  }
  return { codes, areas: [...areas.values()] };
}
