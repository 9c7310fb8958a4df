// What may happen to a show over HTTP: each step of a naive show's history as a request, what it is in English, and the same
// told to the naive show.
import type { NaiveShow } from '../../domain/show/naive-show.ts';
import type { Refusals } from '../../domain/show/naive-records.ts';
import type { Places } from '../../domain/show/naive-seats.ts';
import type { Step } from '../../domain/show/naive-steps.ts';
import { iso, MINUTE } from '../../domain/show/show-spec.ts';

export interface Request {
  readonly said: string;
  readonly method: 'POST' | 'DELETE' | 'PATCH';
  /** Below the show's. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Of what is answered; a DELETE, a PATCH and an organiser's word have it in their path. */
  readonly about: 'hold' | 'booking' | 'entry' | 'show';
  /** What the contract answers where it is done. */
  readonly status: 200 | 201;
  /** `id`: of what was made. `held`: what the engine chose. */
  tell(naive: NaiveShow, id: string, held: Places | null): Refusals;
}

/** Nothing has this id. */
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

/** The n-th there is, or an id that nothing has. */
export const pick = (ids: Iterable<string>, n: number): string => {
  const all = [...ids];
  return all[n % Math.max(1, all.length)] ?? UNKNOWN;
};

export interface Known {
  readonly naive: NaiveShow;
  /** Ids of bookings by those of their holds. */
  readonly bookings: ReadonlyMap<string, string>;
}

const reason = 'r';
const POST = { method: 'POST' } as const;
const saying = ({ seats, areas }: Places): string =>
  [...seats, ...areas.map(({ areaId, quantity }) => `${quantity} of ${areaId}`)].join(', ');

/** null: no request, time passes. */
export function requestOf(step: Step, { naive, bookings }: Known): Request | null {
  switch (step.kind) {
    case 'hold':
    case 'best':
    case 'join':
      return wish(step);
    case 'confirm':
    case 'release':
    case 'cancelBooking':
      return onHold(step.kind, pick(naive.holds.keys(), step.nth), bookings);
    case 'leave':
    case 'remove':
      return onEntry(step.kind, pick(naive.entries.keys(), step.nth));
    case 'move':
      return moving(pick(naive.entries.keys(), step.nth), step.ahead);
    case 'block':
    case 'unblock':
      return blocking(step.kind, step.places);
    case 'pause':
    case 'resume':
      return selling(step.kind);
    case 'cancel':
      return step.hesitation > 0 ? null : cancelling();
    case 'wait':
    case 'waitFor':
    case 'restart':
    case 'extend':
      return null;
    default:
      return editing(step, naive.now);
  }
}

type Of<K extends Step['kind']> = Extract<Step, { kind: K }>;

function wish(step: Of<'hold'> | Of<'best'> | Of<'join'>): Request {
  const { customer } = step;
  if (step.kind === 'hold') {
    const { seats, areas } = step.places;
    const body = {
      customerId: customer,
      ...(seats.length > 0 && { seats }),
      ...(areas.length > 0 && { areas }),
    };
    return {
      ...POST,
      said: `${customer} holds ${saying(step.places)}`,
      path: '/holds',
      body,
      about: 'hold',
      status: 201,
      tell: (naive, id) => naive.hold(id, customer, step.places),
    };
  }
  const { category, quantity } = step;
  if (step.kind === 'best') {
    const { together } = step;
    return {
      ...POST,
      said: `${customer} holds the best ${quantity} of ${category}${together ? '' : ', apart if need be'}`,
      path: '/holds',
      body: { customerId: customer, bestAvailable: { categoryId: category, quantity, together } },
      about: 'hold',
      status: 201,
      tell: (naive, id, held) => naive.best(id, customer, { category, quantity, together }, held),
    };
  }
  const { acceptFewer } = step;
  return {
    ...POST,
    said: `${customer} joins the line for ${quantity} of ${category}${acceptFewer ? ', or fewer' : ''}`,
    path: '/waitlist',
    body: { customerId: customer, categoryId: category, quantity, acceptFewer },
    about: 'entry',
    status: 201,
    tell: (naive, id) => naive.join({ id, customer, category, quantity, acceptFewer }),
  };
}

function onHold(
  kind: 'confirm' | 'release' | 'cancelBooking',
  id: string,
  bookings: ReadonlyMap<string, string>,
): Request {
  if (kind === 'confirm')
    return {
      ...POST,
      said: `hold ${id} is confirmed`,
      path: `/holds/${id}/confirm`,
      body: {},
      about: 'booking',
      status: 201,
      tell: (naive) => naive.confirm(id),
    };
  if (kind === 'release')
    return {
      method: 'DELETE',
      said: `hold ${id} is released`,
      path: `/holds/${id}`,
      about: 'hold',
      status: 200,
      tell: (naive) => naive.release(id),
    };
  const bookingId = bookings.get(id);
  return {
    ...POST,
    said: `the booking of hold ${id} is cancelled`,
    path: `/bookings/${bookingId ?? UNKNOWN}/cancel`,
    body: { reason },
    about: 'booking',
    status: 200,
    // Sent again after the hold became a booking, it still asks for one that never was.
    tell: (naive) => (bookingId === undefined ? ['BookingNotFound'] : naive.cancelBooking(id)),
  };
}

function onEntry(kind: 'leave' | 'remove', id: string): Request {
  if (kind === 'leave')
    return {
      method: 'DELETE',
      said: `entry ${id} leaves the line`,
      path: `/waitlist/${id}`,
      about: 'entry',
      status: 200,
      tell: (naive) => naive.leave(id),
    };
  return {
    ...POST,
    said: `entry ${id} is removed`,
    path: `/waitlist/${id}/remove`,
    body: { reason },
    about: 'entry',
    status: 200,
    tell: (naive) => naive.remove(id),
  };
}

const moving = (id: string, ahead: number): Request => ({
  ...POST,
  said: `entry ${id} is moved behind ${ahead}`,
  path: `/waitlist/${id}/move`,
  body: { ahead, reason },
  about: 'entry',
  status: 200,
  tell: (naive) => naive.move(id, ahead),
});

const blocking = (kind: 'block' | 'unblock', places: Places): Request => ({
  ...POST,
  said: `${saying(places)}: ${kind}ed`,
  path: `/${kind}`,
  body: { ...places, reason },
  about: 'show',
  status: 200,
  tell: (naive) =>
    naive.edit(() => (kind === 'block' ? naive.seats.block(places) : naive.seats.unblock(places))),
});

const selling = (kind: 'pause' | 'resume'): Request => ({
  ...POST,
  said: `sales ${kind}`,
  path: `/${kind}`,
  body: { reason },
  about: 'show',
  status: 200,
  tell: (naive) => naive.edit(() => ((naive.status = kind === 'pause' ? 'paused' : 'selling'), [])),
});

const cancelling = (): Request => ({
  ...POST,
  said: 'the show is cancelled',
  path: '/cancel',
  body: { reason },
  about: 'show',
  status: 200,
  tell: (naive) => naive.cancel(),
});

type Edit = Of<'capacity'> | Of<'limit'> | Of<'policy'> | Of<'price'> | Of<'ttl'> | Of<'window'>;

function editing(step: Edit, nowMs: number): Request {
  const edit = (said: string, body: Record<string, unknown>, tell: Request['tell']): Request => ({
    method: 'PATCH',
    said,
    path: '',
    body: { ...body, reason },
    about: 'show',
    status: 200,
    tell: (naive, ...rest) => naive.edit(() => tell(naive, ...rest)),
  });
  switch (step.kind) {
    case 'capacity': {
      const { area, capacity } = step;
      return edit(`${area} has ${capacity} places`, { areas: [{ id: area, capacity }] }, ({ seats }) =>
        seats.changeCapacity(area, capacity),
      );
    }
    case 'price': {
      const { category, amount } = step;
      const prices = { [category]: { amount, currency: 'EUR' } };
      return edit(
        `${category} costs ${amount}`,
        { prices },
        ({ seats }) => (seats.prices.set(category, amount), []),
      );
    }
    case 'limit': {
      const { limit } = step;
      return edit(
        `at most ${limit} tickets each`,
        { ticketsPerCustomer: limit },
        (naive) => ((naive.limit = limit), []),
      );
    }
    case 'policy': {
      const { policy } = step;
      return edit(
        `the line is ${policy}`,
        { waitlistPolicy: policy },
        (naive) => ((naive.policy = policy), []),
      );
    }
    case 'ttl': {
      const [holdTtlMs, offerTtlMs] = [step.hold * MINUTE, step.offer * MINUTE];
      const said = `holds live ${step.hold} min, offers ${step.offer} min`;
      return edit(said, { holdTtlMs, offerTtlMs }, (naive) => {
        naive.holdTtl = holdTtlMs;
        naive.offerTtl = offerTtlMs;
        return [];
      });
    }
    case 'window': {
      const [opens, closes] = [nowMs + step.opens * MINUTE, nowMs + step.closes * MINUTE];
      const said = `sales open in ${step.opens} min and close in ${step.closes} min`;
      return edit(said, { salesOpenAt: iso(opens), salesCloseAt: iso(closes) }, (naive) =>
        naive.reschedule(opens, closes),
      );
    }
    default:
      return step satisfies never;
  }
}
