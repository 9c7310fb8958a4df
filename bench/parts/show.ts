// The show by itself, no I/O: folding a million events, and decisions with best available on 100,000 seats.
// Prints medians; run with `node bench/parts/show.ts`.
import { buildPlan } from '../../src/domain/seating-plan/plan-builder.ts';
import type { SeatingPlan } from '../../src/domain/seating-plan/plan.ts';
import type { StatedEvent } from '../../src/domain/decider.ts';
import type { ShowCommand } from '../../src/domain/show/commands.ts';
import { showAggregate } from '../../src/domain/show/show.ts';

const ROWS = 1000;
const SEATS = 100;
const START = Date.parse('2027-01-01T00:00:00Z');
const iso = (ms: number): string => new Date(ms).toISOString();

function stadium(): SeatingPlan {
  const range = Array.from({ length: SEATS }, (_, s) => s);
  return buildPlan({
    id: 'plan',
    venueId: 'venue',
    name: 'Stadium',
    areas: [],
    focalPoint: {
      x: 50,
      y: 0,
    },
    categories: ['East', 'West'].map((id) => ({
      id,
      name: id,
      color: null,
    })),
    rows: Array.from({ length: ROWS }, (_, r) => ({
      zone: 'Main',
      name: `R${r}`,
      ids: range.map((s) => `R${r}-${s}`),
      numbers: range.map(String),
      categories: range.map(() => r & 1),
      x: range,
      y: range.map(() => r),
    })),
  });
}

const plan = stadium();
const aggregate = showAggregate({ get: () => plan });
const uuid = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
/** A command without an Idempotency-Key has no hash to remember. */
const metadata = (n: number, requestHash = 'abcdefghijklmnopqrstuv') => ({
  commandId: uuid(n),
  requestHash,
  at: iso(START + n),
});
const schedule: ShowCommand = {
  kind: 'ScheduleShow',
  eventId: uuid(1),
  plan,
  startsAt: iso(START + 9e10),
  endsAt: null,
  timeZone: 'UTC',
  salesOpenAt: null,
  salesCloseAt: null,
  prices: {
    East: {
      amount: 1,
      currency: 'EUR',
    },
    West: {
      amount: 2,
      currency: 'EUR',
    },
  },
  published: true,
  holdTtlMs: 86_400_000,
  offerTtlMs: 6e5,
  ticketsPerCustomer: 100,
  waitlistPolicy: 'strict',
};

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

/** Holds and releases in turn, so that a million events fit into one show. */
function history(events: number): StatedEvent[] {
  const made: StatedEvent[] = [
    {
      type: 'ShowScheduled',
      data: { ...schedule, kind: undefined, plan: undefined, venueId: 'v', seatingPlanId: 'plan' },
      metadata: metadata(0),
    },
  ];
  for (let n = 1; made.length < events; n += 1) {
    const at = (n * 37) % (plan.seatCount - 2);
    const places = { holdId: uuid(n), seats: [plan.seatIds[at]!, plan.seatIds[at + 1]!], areas: [] };
    made.push({
      type: 'SeatsHeld',
      data: {
        ...places,
        clientId: 'c',
        customerId: `u${n}`,
        total: { amount: 2, currency: 'EUR' },
        until: iso(START + n + 600_000),
      },
      metadata: metadata(n),
    });
    made.push({ type: 'HoldReleased', data: places, metadata: metadata(n + 5_000_000, '') });
  }
  return made;
}

function fold(): number {
  const events = history(1_000_000);
  const began = performance.now();
  const state = aggregate.initialState();
  for (const event of events) aggregate.evolve(state, event);
  return performance.now() - began;
}

/** Microseconds of each decision: parties of 1–6, best available, until the hall is nearly full. */
function decisions(together: boolean): { all: number[]; full: number[] } {
  const state = aggregate.initialState();
  aggregate.decide(state, schedule, metadata(0));
  const [all, full]: [number[], number[]] = [[], []];
  for (let n = 1; n < 60_000; n += 1) {
    const quantity = 1 + ((n * 7) % 6);
    const categoryId = n & 1 ? 'East' : 'West';
    const command: ShowCommand = {
      kind: 'HoldSeats',
      holdId: uuid(n),
      clientId: 'c',
      customerId: `u${n}`,
      seats: [],
      areas: [],
      bestAvailable: { categoryId, quantity, together },
    };
    const began = process.hrtime.bigint();
    aggregate.decide(state, command, metadata(n));
    const us = Number(process.hrtime.bigint() - began) / 1000;
    all.push(us);
    if (n > 27_000) full.push(us);
  }
  return { all, full };
}

const folds = Array.from({ length: 3 }, fold);
console.log(`fold of 1,000,000 events: median ${(median(folds) / 1000).toFixed(2)} s (target 2 s)`);
for (const together of [true, false]) {
  const { all, full } = decisions(together);
  const p99 = all.sort((a, b) => a - b)[Math.floor(all.length * 0.99)]!;
  console.log(
    `best available on 100,000 seats, together=${together}: median ${median(all).toFixed(1)} µs, p99 ${p99.toFixed(1)} µs; once nearly full: median ${median(full).toFixed(1)} µs (target 50 µs)`,
  );
}
