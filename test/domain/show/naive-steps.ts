// What may happen to a show and its naive twin: arbitrary steps, each as the command for the one and the same told to the
// other.
import type { ShowCommand } from '../../../src/domain/show/commands.ts';
import { fc } from '../properties.ts';
import { AREAS, CATEGORIES, CUSTOMERS, SEATS } from './naive-hall.ts';
import type { Places } from './naive-seats.ts';
import type { Refusals } from './naive-records.ts';
import type { NaiveShow } from './naive-show.ts';
import { iso, MINUTE, shop, type ShowSpec } from './show-spec.ts';

const customer = fc.constantFrom(...CUSTOMERS);
const category = fc.constantFrom(...CATEGORIES);
const nth = fc.nat(60);
const quantity = fc.constantFrom(1, 2, 2, 3, 3, 4, 5);
const places = fc
  .record({
    seats: fc.uniqueArray(fc.constantFrom(...SEATS), { maxLength: 4 }),
    areas: fc.uniqueArray(
      fc.record({ areaId: fc.constantFrom(...AREAS), quantity: fc.integer({ min: 1, max: 3 }) }),
      { selector: ({ areaId }) => areaId, maxLength: 2 },
    ),
  })
  .filter(({ seats, areas }) => seats.length + areas.length > 0);
const fewPlaces = fc.oneof(
  fc.constantFrom(...SEATS).map((seat) => ({ seats: [seat], areas: [] })),
  fc.constantFrom(...AREAS).map((areaId) => ({ seats: [], areas: [{ areaId, quantity: 1 }] })),
);
const kind = <K extends string>(name: K) => fc.constant(name);
/** Mostly open: where sales are off, little happens. */
const opens = fc.nat(9).map((n) => (n < 8 ? -60 : n - 8));
const closes = fc.nat(9).map((n) => (n < 8 ? 300 : (n - 8) * 5));

export const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: kind('hold'), customer, places }) },
  {
    weight: 18,
    arbitrary: fc.record({ kind: kind('best'), customer, category, quantity, together: fc.boolean() }),
  },
  {
    weight: 22,
    arbitrary: fc.record({ kind: kind('join'), customer, category, quantity, acceptFewer: fc.boolean() }),
  },
  { weight: 5, arbitrary: fc.record({ kind: kind('confirm'), nth }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('release'), nth }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('cancelBooking'), nth }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('leave'), nth }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('remove'), nth }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('move'), nth, ahead: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('extend'), nth, minutes: fc.constantFrom(0, 1, 5, 5.001) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: kind('wait'), minutes: fc.double({ min: 0, max: 3, noNaN: true }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind('waitFor'), nth, shortByMs: fc.constantFrom(0, 1) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('block'), places: fewPlaces }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('unblock'), places: fewPlaces }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('pause') }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('resume') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('restart') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('capacity'), area: fc.constantFrom(...AREAS), capacity: fc.nat(4) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('limit'), limit: fc.integer({ min: 2, max: 6 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('policy'), policy: fc.constantFrom('strict', 'best-fit') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('price'), category, amount: fc.nat(9_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('ttl'),
      hold: fc.integer({ min: 1, max: 9 }),
      offer: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('window'), opens, closes }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('cancel'), hesitation: fc.nat(9) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Most of the room is sold before anything else happens: who comes then waits. */
export const soldBefore: Step[] = [
  ...[SEATS.slice(0, 3), SEATS.slice(3, 6), SEATS.slice(6, 9)].map((seats) => ({ seats, areas: [] })),
  { seats: [], areas: [{ areaId: 'pit' as const, quantity: 2 }] },
  { seats: [], areas: [{ areaId: 'lawn' as const, quantity: 3 }] },
].flatMap((sold, nth): Step[] => [
  { kind: 'hold', customer: `owner-${nth}`, places: sold },
  { kind: 'confirm', nth },
]);

export interface Both {
  readonly engine: ShowSpec;
  readonly naive: NaiveShow;
}

export interface Act {
  /** null: time passes, or the process starts again. */
  readonly command: ShowCommand | null;
  readonly tell: Told;
}

/** `held`: what the engine gave, where it was to choose. */
type Told = (naive: NaiveShow, held: Places | null) => Refusals;
const act = (command: ShowCommand, tell: Told): Act => ({ command, tell });
const nothing: Act = { command: null, tell: () => [] };

/** The n-th there is; `none` where there is none. */
const pick = (ids: Iterable<string>, n: number): string => {
  const all = [...ids];
  return all[n % Math.max(1, all.length)] ?? 'none';
};

export function actOf(one: Step, i: number, both: Both): Act {
  switch (one.kind) {
    case 'hold':
    case 'best':
    case 'join':
      return wish(one, i, both.engine);
    case 'block':
    case 'unblock':
      return blocking(one);
    case 'wait':
      both.engine.now += Math.round(one.minutes * MINUTE);
      return nothing;
    case 'waitFor':
      both.engine.now = Math.max(both.engine.now, pickMoment(both.naive, one.nth) - one.shortByMs);
      return nothing;
    case 'restart':
      restart(both.engine);
      return nothing;
    case 'pause':
    case 'resume':
    case 'cancel':
      return selling(one);
    case 'confirm':
    case 'release':
    case 'cancelBooking':
    case 'extend':
      return onHold(one, both);
    case 'leave':
    case 'remove':
    case 'move':
      return onEntry(one, both.engine);
    default:
      return edit(one, both.engine.now);
  }
}

type Of<K extends Step['kind']> = Extract<Step, { kind: K }>;

function wish(one: Of<'hold'> | Of<'best'> | Of<'join'>, i: number, engine: ShowSpec): Act {
  const { customer } = one;
  if (one.kind === 'hold')
    return act({ ...engine.hold(customer, one.places), holdId: `hold-${i}` }, (naive) =>
      naive.hold(`hold-${i}`, customer, one.places),
    );
  const { category, quantity } = one;
  if (one.kind === 'best') {
    const { together } = one;
    const bestAvailable = { categoryId: category, quantity, together };
    return act({ ...engine.hold(customer, { bestAvailable }), holdId: `hold-${i}` }, (naive, held) =>
      naive.best(`hold-${i}`, customer, { category, quantity, together }, held),
    );
  }
  const { acceptFewer } = one;
  const ids = { entryId: `entry-${i}`, offerHoldId: `offer-${i}` };
  return act({ ...engine.join(customer, quantity, { acceptFewer, categoryId: category }), ...ids }, (naive) =>
    naive.join({ id: `entry-${i}`, customer, category, quantity, acceptFewer }),
  );
}

const reason = 'r';

function blocking({ kind: what, places: named }: Of<'block' | 'unblock'>): Act {
  if (what === 'block')
    return act({ kind: 'BlockSeats', ...named, reason }, (naive) =>
      naive.edit(() => naive.seats.block(named)),
    );
  return act({ kind: 'UnblockSeats', ...named, reason }, (naive) =>
    naive.edit(() => naive.seats.unblock(named)),
  );
}

/** When something happens by itself: a hold is over, sales open or close. */
function pickMoment({ holds, opensAt, closesAt, now }: NaiveShow, nth: number): number {
  const live = [...holds.values()].filter(({ status }) => status === 'live').map(({ until }) => until);
  const ahead = [...live, opensAt, closesAt].filter((ms) => ms > now && ms < now + 60 * MINUTE);
  return ahead[nth % Math.max(1, ahead.length)] ?? now;
}

/** What a snapshot keeps is all there is. */
function restart(engine: ShowSpec): void {
  const snapshot = engine.aggregate.snapshot!;
  engine.state = snapshot.load(JSON.parse(JSON.stringify(snapshot.save(engine.state))));
}

function selling(one: Of<'pause' | 'resume'> | Of<'cancel'>): Act {
  if (one.kind === 'pause')
    return act({ kind: 'PauseSales', reason }, (naive) => naive.edit(() => ((naive.status = 'paused'), [])));
  if (one.kind === 'resume')
    return act({ kind: 'ResumeSales', reason }, (naive) =>
      naive.edit(() => ((naive.status = 'selling'), [])),
    );
  return one.hesitation > 0 ? nothing : act({ kind: 'CancelShow', reason }, (naive) => naive.cancel());
}

function onHold(
  one: Of<'confirm' | 'release' | 'cancelBooking'> | Of<'extend'>,
  { engine, naive }: Both,
): Act {
  const id = pick(naive.holds.keys(), one.nth);
  switch (one.kind) {
    case 'confirm':
      return act(engine.confirm(id), (show) => show.confirm(id));
    case 'release':
      return act(engine.release(id), (show) => show.release(id));
    case 'cancelBooking':
      return act(engine.cancel(`booking-of-${id}`), (show) => show.cancelBooking(id));
    case 'extend': {
      const until = (naive.holds.get(id)?.firstUntil ?? 0) + one.minutes * MINUTE;
      return act({ kind: 'ExtendHold', holdId: id, until: iso(until) }, (show) => show.extend(id, until));
    }
    default:
      return one satisfies never;
  }
}

function onEntry(one: Of<'leave' | 'remove'> | Of<'move'>, engine: ShowSpec): Act {
  const id = pick(engine.state.entries.keys(), one.nth);
  if (one.kind === 'leave')
    return act({ kind: 'LeaveWaitlist', entryId: id, caller: shop }, (naive) => naive.leave(id));
  if (one.kind === 'remove')
    return act({ kind: 'RemoveEntry', entryId: id, reason }, (naive) => naive.remove(id));
  const { ahead } = one;
  return act({ kind: 'MoveEntry', entryId: id, ahead, reason }, (naive) => naive.move(id, ahead));
}

type Edit = Of<'capacity'> | Of<'limit'> | Of<'policy'> | Of<'price'> | Of<'ttl'> | Of<'window'>;

function edit(one: Edit, nowMs: number): Act {
  const asEdit = (changes: Omit<Extract<ShowCommand, { kind: 'EditShow' }>, 'kind' | 'reason'>, tell: Told) =>
    act({ kind: 'EditShow', ...changes, reason }, (naive, held) => naive.edit(() => tell(naive, held)));
  switch (one.kind) {
    case 'capacity':
      return asEdit({ areas: [{ id: one.area, capacity: one.capacity }] }, (naive) =>
        naive.seats.changeCapacity(one.area, one.capacity),
      );
    case 'price': {
      const prices = { [one.category]: { amount: one.amount, currency: 'EUR' } };
      return asEdit({ prices }, ({ seats }) => (seats.prices.set(one.category, one.amount), []));
    }
    case 'limit':
      return asEdit({ ticketsPerCustomer: one.limit }, (naive) => ((naive.limit = one.limit), []));
    case 'policy':
      return asEdit({ waitlistPolicy: one.policy }, (naive) => ((naive.policy = one.policy), []));
    case 'ttl':
      return asEdit({ holdTtlMs: one.hold * MINUTE, offerTtlMs: one.offer * MINUTE }, (naive) => {
        naive.holdTtl = one.hold * MINUTE;
        naive.offerTtl = one.offer * MINUTE;
        return [];
      });
    case 'window': {
      const [opens, closes] = [nowMs + one.opens * MINUTE, nowMs + one.closes * MINUTE];
      return asEdit({ salesOpenAt: iso(opens), salesCloseAt: iso(closes) }, (naive) =>
        naive.reschedule(opens, closes),
      );
    }
    default:
      return one satisfies never;
  }
}
