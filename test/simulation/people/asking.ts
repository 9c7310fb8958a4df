// From a wish to the request that a front end would send: which operation, for what, in whose name.
import { EPOCH_MS } from '../kernel/process-clock.ts';
import type { Asking } from '../engine/front-door.ts';
import type { Principal } from '../../../src/api/request/key-ring.ts';
import type { HoldModel } from '../referee/hold-model.ts';
import type { ShowModel } from '../referee/show-model.ts';
import type { EntryModel } from '../referee/line-model.ts';
import { CATEGORIES, doubledDrawingOf, type Hall } from './hall.ts';
import type { Wish } from './script.ts';

export const iso = (ms: number): string => new Date(ms).toISOString();

const principal = (clientId: string, all: boolean): Principal => ({
  keyId: clientId,
  clientId,
  scopes: 31,
  actor: `client:${clientId}`,
  caller: { clientId, all },
});
export const OFFICE = principal('office', true);
const FRONT_ENDS = [principal('shop', false), principal('kiosk', false)];
const CUSTOMERS = ['ann', 'bob', 'cat', 'dan', 'eve', 'fay', 'gus', 'hal', 'ida'];

export interface PlacedShow {
  readonly showId: string;
  readonly eventId: string;
  readonly venueId: string;
  readonly seatingPlanId: string;
  readonly hall: Hall;
}

/** What a wish can be about: a show as it stands by now. */
export interface Scene {
  readonly show: PlacedShow;
  /** undefined: it has no event yet. */
  readonly model: ShowModel | undefined;
  readonly nowMs: number;
}

type Draft = Pick<Asking, 'operation'> & Partial<Pick<Asking, 'body' | 'params' | 'principal' | 'headers'>>;

const frontEndOf = ({ n }: Wish): Principal => FRONT_ENDS[Math.floor(n / 7) % FRONT_ENDS.length]!;
const customerOf = ({ customer }: Wish): string => CUSTOMERS[customer % CUSTOMERS.length]!;
const part = (n: number, divisor: number, count: number): number => Math.floor(n / divisor) % count;
const nth = <T>(all: readonly T[], n: number): T | undefined => all[n % Math.max(1, all.length)];

/** The one whose it is asks for it; now and then somebody else does. */
function ownerOf(owned: { readonly clientId: string } | undefined, n: number): Principal {
  const owner = FRONT_ENDS.find(({ clientId }) => clientId === owned?.clientId) ?? FRONT_ENDS[0]!;
  if (part(n, 1_000, 40) === 0) return FRONT_ENDS.find((one) => one !== owner)!;
  return part(n, 1_000, 40) === 1 ? OFFICE : owner;
}

/** Mostly of those that are live; sometimes of any. */
function holdFor(model: ShowModel | undefined, n: number): HoldModel | undefined {
  if (!model) return undefined;
  const live = part(n, 100, 6) === 0 ? [] : model.live;
  return nth(live.length > 0 ? live : [...model.holds.values()], n);
}

const NOBODYS = '00000000-0000-4000-8000-000000000000';

const DRAFTS: Readonly<Record<string, (wish: Wish, scene: Scene) => Draft>> = {
  hold: (wish, { show: { hall } }) => {
    const all = [...hall.seats.keys()];
    const first = part(wish.n, 10, all.length);
    const seats = all.slice(first, first + 1 + part(wish.n, 1_000, 3));
    return {
      operation: 'holdSeats',
      principal: frontEndOf(wish),
      body: { customerId: customerOf(wish), seats },
    };
  },
  best: (wish) => {
    const bestAvailable = {
      categoryId: CATEGORIES[part(wish.n, 10, 2)],
      quantity: 1 + part(wish.n, 100, 3),
      together: part(wish.n, 1_000, 2) === 0,
    };
    return {
      operation: 'holdSeats',
      principal: frontEndOf(wish),
      body: {
        customerId: customerOf(wish),
        bestAvailable,
      },
    };
  },
  area: (wish) => ({
    operation: 'holdSeats',
    principal: frontEndOf(wish),
    body: {
      customerId: customerOf(wish),
      areas: [
        {
          areaId: 'pit',
          quantity: 1 + part(wish.n, 10, 2),
        },
      ],
    },
  }),
  confirm: ({ n }, { model }) => confirming(holdFor(model, n), n),
  confirmAtEnd: ({ n }, { model }) => confirming(nth(model?.live ?? [], n), n),
  release: ({ n }, { model }) => {
    const hold = holdFor(model, n);
    return { operation: 'releaseHold', principal: ownerOf(hold, n), params: { holdId: hold?.id ?? NOBODYS } };
  },
  lookAtHold: ({ n }, { model }) => {
    const hold = holdFor(model, n);
    return { operation: 'getHold', principal: ownerOf(hold, n), params: { holdId: hold?.id ?? NOBODYS } };
  },
  cancelBooking: ({ n }, { model }) => {
    const booking = nth([...(model?.bookings.values() ?? [])].slice(-12), n);
    return {
      operation: 'cancelBooking',
      principal: ownerOf(booking, n),
      body: { reason: 'changed plans' },
      params: { bookingId: booking?.bookingId ?? NOBODYS },
    };
  },
  join: (wish) => ({
    operation: 'joinWaitlist',
    principal: frontEndOf(wish),
    body: {
      customerId: customerOf(wish),
      categoryId: CATEGORIES[part(wish.n, 10, 2)],
      quantity: 1 + part(wish.n, 100, 3),
      acceptFewer: part(wish.n, 1e3, 3) === 0,
    },
  }),
  leave: ({ n }, { model }) => aboutEntry('leaveWaitlist', model, n),
  lookAtEntry: ({ n }, { model }) => aboutEntry('getEntry', model, n),
  move: ({ n }, { model }) => ({
    ...aboutEntry('moveEntry', model, n),
    principal: OFFICE,
    body: {
      ahead: part(n, 10, 4),
      reason: 'wheelchair user',
    },
  }),
  remove: ({ n }, { model }) => ({
    ...aboutEntry('removeEntry', model, n),
    principal: OFFICE,
    body: { reason: 'asked us to' },
  }),
  pause: () => ({ operation: 'pauseSales', body: { reason: 'rain' } }),
  resume: () => ({ operation: 'resumeSales', body: { reason: 'sun' } }),
  cancelShow: () => ({ operation: 'cancelShow', body: { reason: 'fire' } }),
  block: ({ n }, { show }) => ({
    operation: 'blockSeats',
    body: { ...somePlaces(n, show.hall), reason: 'camera' },
  }),
  unblock: ({ n }, { show }) => ({
    operation: 'unblockSeats',
    body: { ...somePlaces(n, show.hall), reason: 'no camera' },
  }),
  capacity: ({ n }) => ({
    operation: 'editShow',
    body: { areas: [{ id: 'pit', capacity: part(n, 10, 7) }], reason: 'inspection' },
  }),
  rules: ({ n }) => ({ operation: 'editShow', body: rulesFor(n) }),
  staleEdit: ({ n }, { model }) => ({
    operation: 'editShow',
    body: rulesFor(n),
    headers: { 'if-match': `"${Math.max(0, (model?.revision ?? 0) - part(n, 100, 3))}"` },
  }),
  reprice: ({ n }) => ({
    operation: 'editShow',
    body: {
      prices: { [CATEGORIES[part(n, 10, 2)]!]: { amount: part(n, 100, 9) * 500, currency: 'EUR' } },
      reason: 'late',
    },
  }),
  publish: (_wish, { show }) => ({ operation: 'publishEvent', params: { eventId: show.eventId }, body: {} }),
  cancelEvent: (_wish, { show }) => ({
    operation: 'cancelEvent',
    params: { eventId: show.eventId },
    body: { reason: 'bankrupt' },
  }),
  odd: (wish, scene) => oddRequest(wish, scene),
};

const confirming = (hold: HoldModel | undefined, n: number): Draft => ({
  operation: 'confirmHold',
  principal: ownerOf(hold, n),
  body: {},
  params: { holdId: hold?.id ?? NOBODYS },
});

function aboutEntry(operation: string, model: ShowModel | undefined, n: number): Draft {
  const all = [...(model?.line.entries.values() ?? [])];
  const waiting = all.filter(({ state }) => state !== 'over');
  const entry: EntryModel | undefined = nth(waiting.length > 0 && part(n, 100, 6) > 0 ? waiting : all, n);
  return { operation, principal: ownerOf(entry, n), params: { entryId: entry?.id ?? NOBODYS } };
}

function somePlaces(n: number, { seats }: Hall): Record<string, unknown> {
  const all = [...seats.keys()];
  const from = part(n, 10, all.length);
  return part(n, 1_000, 3) === 0
    ? { seats: [], areas: [{ areaId: 'pit', quantity: 1 + part(n, 10, 2) }] }
    : { seats: all.slice(from, from + 1 + part(n, 100, 3)), areas: [] };
}

function rulesFor(n: number): Record<string, unknown> {
  return [
    { waitlistPolicy: part(n, 100, 2) === 0 ? 'strict' : 'best-fit' },
    { ticketsPerCustomer: 2 + part(n, 100, 4) },
    { holdTtlMs: 400 + 200 * part(n, 100, 8) },
    { offerTtlMs: 400 + 200 * part(n, 100, 8) },
  ][part(n, 10, 4)]!;
}

/** What does not exist, or cannot be. */
function oddRequest(wish: Wish, { show, nowMs }: Scene): Draft {
  const hold = (body: object): Draft => ({
    operation: 'holdSeats',
    principal: frontEndOf(wish),
    body: {
      customerId: customerOf(wish),
      ...body,
    },
  });
  const odd: readonly Draft[] = [
    hold({ seats: ['Z-99'] }),
    hold({ areas: [{ areaId: 'roof', quantity: 1 }] }),
    hold({ bestAvailable: { categoryId: 'Box', quantity: 1, together: true } }),
    { ...hold({ seats: ['A-1'] }), params: { showId: NOBODYS } },
    { operation: 'publishEvent', params: { eventId: NOBODYS }, body: {} },
    { operation: 'editShow', body: { endsAt: iso(EPOCH_MS - 1_000) } },
    scheduling({ ...show, eventId: NOBODYS }, nowMs, wish.n),
    scheduling(show, nowMs, wish.n, { seatingPlanId: NOBODYS }),
    scheduling(show, nowMs, wish.n, { venueId: NOBODYS }),
    scheduling(show, nowMs, wish.n, { prices: {} }),
  ];
  const ofOrganisers: readonly Draft[] = [
    { operation: 'drawSeatingPlan', params: { venueId: show.venueId }, body: doubledDrawingOf(show.hall) },
    editing('editEvent', { eventId: show.eventId }, { title: `Evening of ${wish.n}` }, wish.n),
    editing('editVenue', { venueId: show.venueId }, { address: `Street ${wish.n}` }, wish.n),
  ];
  return nth(part(wish.n, 1_000_000, 4) === 0 ? ofOrganisers : odd, part(wish.n, 10, 1e9))!;
}

/** Every other time at a version that it never had. */
const editing = (operation: string, params: Draft['params'], body: Draft['body'], n: number): Draft => ({
  operation,
  params,
  body,
  ...(part(n, 1_000, 2) === 0 && { headers: { 'if-match': '"1000000"' } }),
});

/** Another show of the event; `also` may spoil it. */
export function scheduling(
  { eventId, venueId, seatingPlanId }: Pick<PlacedShow, 'eventId' | 'venueId' | 'seatingPlanId'>,
  nowMs: number,
  n: number,
  also: object = {},
): Draft {
  const opens = part(n, 100, 4) === 0 ? iso(EPOCH_MS + nowMs + 1_000 + 500 * part(n, 1_000, 8)) : null;
  const closes = part(n, 10_000, 4) === 0 ? iso(EPOCH_MS + nowMs + 12_000 + 1_000 * part(n, 1_000, 8)) : null;
  return {
    operation: 'scheduleShow',
    params: { eventId },
    body: {
      venueId,
      seatingPlanId,
      startsAt: iso(EPOCH_MS + 864e5),
      salesOpenAt: opens,
      salesCloseAt: closes,
      prices: Object.fromEntries(
        CATEGORIES.map((id, i) => [
          id,
          {
            amount: 2e3 + 500 * i,
            currency: 'EUR',
          },
        ]),
      ),
      holdTtlMs: 400 + 200 * part(n, 10, 10),
      offerTtlMs: 400 + 200 * part(n, 100, 6),
      ticketsPerCustomer: 3 + part(n, 1e3, 3),
      waitlistPolicy: part(n, 1e4, 3) === 0 ? 'best-fit' : 'strict',
      ...also,
    },
  };
}

/** The request of a wish. Without a principal it is the office that asks; with a body it has a key. */
export function askingOf(wish: Wish, scene: Scene): Asking {
  const draft = DRAFTS[wish.kind]!(wish, scene);
  const headers: Record<string, string> = { ...draft.headers };
  if (draft.body !== undefined && !draft.operation.startsWith('edit')) headers['idempotency-key'] = wish.id;
  return {
    ...draft,
    id: wish.id,
    principal: draft.principal ?? OFFICE,
    params: { showId: scene.show.showId, ...draft.params },
    headers,
  };
}
