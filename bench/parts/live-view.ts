// How long the live view takes: the bytes of a map, an event applied beyond its evolve, a fan-out to many listeners.
// Run: node bench/parts/live-view.ts
import { EventEmitter } from 'node:events';
import { buildPlan } from '../../src/domain/seating-plan/plan-builder.ts';
import type { SeatingPlan } from '../../src/domain/seating-plan/plan.ts';
import { showAggregate, type ShowState } from '../../src/domain/show/show.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { Audience } from '../../src/live/audience.ts';
import type { StreamTarget } from '../../src/live/listener.ts';
import { LiveShow } from '../../src/live/live-show.ts';

const AT = '2027-03-01T12:00:00.000Z';
const ROW = 100;

function planOf(seats: number): SeatingPlan {
  const columns = (row: number) => Array.from({ length: ROW }, (_, s) => row * ROW + s);
  return buildPlan({
    id: `plan-${seats}`,
    venueId: 'venue-1',
    name: 'Arena',
    categories: ['A', 'B', 'C', 'D'].map((id) => ({ id, name: id, color: null })),
    areas: [{ id: 'pit', name: 'Pit', categoryId: 'D', capacity: 5_000 }],
    focalPoint: { x: 50, y: 0 },
    rows: Array.from({ length: seats / ROW }, (_, row) => ({
      zone: 'Main',
      name: String(row),
      ids: columns(row).map((s) => `seat-${s}`),
      numbers: columns(row).map(String),
      categories: columns(row).map(() => row % 4),
      x: columns(row).map((s) => s % ROW),
      y: columns(row).map(() => row),
    })),
  });
}

function recorded(revision: number, type: string, data: unknown): RecordedEvent {
  const metadata = {
    commandId: `c${revision}`,
    requestHash: 'h',
    actor: 'a',
    correlationId: 'r',
    causationId: 'c',
    at: AT,
  };
  return { id: `e${revision}`, stream: 'show-x', revision, position: revision + 1, type, data, metadata };
}

function history(plan: SeatingPlan, holds: number): RecordedEvent[] {
  const rules = { holdTtlMs: 600_000, offerTtlMs: 600_000, ticketsPerCustomer: 10, waitlistPolicy: 'strict' };
  const times = {
    startsAt: '2027-06-01T20:00:00.000Z',
    endsAt: null,
    timeZone: 'UTC',
    salesOpenAt: null,
    salesCloseAt: null,
  };
  const prices = Object.fromEntries(plan.categories.map((c) => [c.id, { amount: 2500, currency: 'EUR' }]));
  const events = [
    recorded(0, 'ShowScheduled', {
      eventId: 'e',
      venueId: 'v',
      seatingPlanId: plan.id,
      prices,
      published: true,
      ...rules,
      ...times,
    }),
  ];
  for (let i = 0; i < holds; i += 1) {
    const held = {
      holdId: `h${i}`,
      clientId: 'shop',
      customerId: `c${i}`,
      seats: [plan.seatIds[i % plan.seatCount]],
      areas: [],
    };
    events.push(
      recorded(i + 1, 'SeatsHeld', { ...held, total: prices['A'], until: '2027-03-01T12:10:00.000Z' }),
    );
  }
  return events;
}

const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1]!;
const micros = (run: () => unknown): number => {
  const began = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - began) / 1_000;
};
const log = (what: string, value: number, unit: string) =>
  console.log(`${what.padEnd(64)} ${value.toFixed(2).padStart(10)} ${unit}`);

class Sink extends EventEmitter implements StreamTarget {
  readonly destroyed = false;
  bytes = 0;
  write(chunk: Buffer): boolean {
    this.bytes += chunk.length;
    return true;
  }
  end(): void {}
  destroy(): void {}
}

async function measure(seats: number): Promise<void> {
  const plan = planOf(seats);
  const aggregate = showAggregate(new Map([[plan.id, plan]]));
  const parts = { aggregate, limits: { deltasMax: 2_000, deltaBytesMax: 1 << 20 }, clock: systemClock };
  const [first, ...holds] = history(plan, Math.min(seats, 20_000)) as [RecordedEvent, ...RecordedEvent[]];
  const begun = (): ShowState => {
    const state = aggregate.initialState();
    aggregate.evolve(state, first);
    return state;
  };
  const rounds = Array.from({ length: 7 }, () => {
    const plain = begun();
    const live = new LiveShow('x', begun(), parts);
    const evolve = micros(() => holds.forEach((event) => aggregate.evolve(plain, event)));
    const apply = micros(() => holds.forEach((event) => live.apply(event)));
    return { evolve: evolve / holds.length, apply: apply / holds.length };
  });
  console.log(`\n${seats} seats`);
  log('evolve, an event', median(rounds.map((r) => r.evolve)), 'µs');
  log(
    'beyond it: map, deltas, areas',
    median(rounds.map((r) => r.apply)) - median(rounds.map((r) => r.evolve)),
    'µs',
  );
  const live = new LiveShow('x', begun(), parts);
  log(
    'first fill of the map',
    median(Array.from({ length: 9 }, () => micros(() => new LiveShow('x', begun(), parts)))),
    'µs',
  );
  const bodies = holds.slice(0, 300).map((event) => {
    live.apply(event);
    return micros(() => live.availability());
  });
  log(`map as bytes (${live.availability().body.length} bytes)`, median(bodies), 'µs');
  const pages = holds.slice(300, 500).map((event) => {
    live.apply(event);
    return micros(() => live.page({ venue: { id: 'v', name: 'Arena' }, etag: '1' }, Date.parse(AT)));
  });
  log('page as bytes', median(pages), 'µs');
  const audience = new Audience(live, systemClock, new AbortController().signal);
  const sinks = Array.from({ length: 5_000 }, () => new Sink());
  for (const sink of sinks) audience.add(sink, live.revision, () => {});
  live.apply(holds[500]!);
  const began = process.hrtime.bigint();
  audience.tell();
  while (sinks.at(-1)!.bytes < 40) await systemClock.sleep(0);
  log('one change to 5,000 listeners', Number(process.hrtime.bigint() - began) / 1_000_000, 'ms');
}

for (const seats of [20_000, 100_000]) await measure(seats);
