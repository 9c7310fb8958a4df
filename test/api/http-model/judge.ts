// Carries a request out and judges everything that can be seen of it against the naive show: the answer, the offers it led
// to, what it was about, the map and the page.
import { expect } from 'vitest';
import { CATEGORIES, naiveShow, SEATS } from '../../domain/show/naive-hall.ts';
import type { NaiveHold, Offer, Refusals } from '../../domain/show/naive-records.ts';
import { areaShown, entryShown, seatShown, statusShown } from '../../domain/show/naive-views.ts';
import { iso } from '../../domain/show/show-spec.ts';
import { codesOf } from '../../live/world.ts';
import type { Answer } from '../client.ts';
import type { RealShow } from './real-show.ts';
import type { Request } from './requests.ts';

/** How each refusal is answered by the contract. */
const STATUS: Readonly<Record<string, number>> = {
  InvalidRequest: 400,
  HoldNotFound: 404,
  BookingNotFound: 404,
  EntryNotFound: 404,
};
const CONFLICT = 409;

interface Asked {
  readonly request: Request;
  readonly key: string;
  /** What the first answer was about; null: it was refused, and may be tried again. */
  made: { readonly id: string; readonly status: number } | null;
}

export class Model {
  readonly naive;
  readonly bookings = new Map<string, string>();
  /** Every request that had a key. */
  readonly asked: Asked[] = [];
  /** What became of requests: `201`, `409 SeatsUnavailable`, `replayed`. */
  readonly outcomes: string[] = [];

  constructor(now: number) {
    this.naive = naiveShow(now);
  }
}

/** `copies`: so often at the same moment. Gives what became of it. */
export async function carryOut(model: Model, real: RealShow, request: Request, copies = 1): Promise<string> {
  const asked: Asked = {
    request,
    key: request.method === 'POST' ? freshKey(model, request) : '',
    made: null,
  };
  if (asked.key) model.asked.push(asked);
  return judge(model, real, asked, copies);
}

/** The same few keys everywhere: fresh for this customer and path, which is where a key counts. */
function freshKey({ asked }: Model, { path, body }: Request): string {
  const isBeside = ({ request }: Asked): boolean =>
    request.path === path && request.body?.['customerId'] === body?.['customerId'];
  return `key-${asked.filter(isBeside).length}`;
}

/** A former request once more, with its key. */
export const again = (model: Model, real: RealShow, asked: Asked): Promise<string> =>
  judge(model, real, asked, 1);

async function judge(model: Model, real: RealShow, asked: Asked, copies: number): Promise<string> {
  const { request, key, made } = asked;
  const sent = Array.from({ length: copies }, () => real.send(request, key || null));
  const answers = await Promise.all(sent);
  const answer = answers[0]!;
  const id = idIn(answer, request);
  const refusals = await follow(model, real, (held) =>
    made === null ? request.tell(model.naive, id, held) : [],
  );
  expectVerdict(answer, refusals, request.status);
  const isDone = answer.status < 300;
  const replays = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true').length;
  if (key) expect(replays, 'answered as a repetition').toBe(made ? 1 : isDone ? copies - 1 : 0);
  for (const each of answers)
    expect([each.status, each.body.code, idIn(each, request)]).toEqual([answer.status, answer.body.code, id]);
  if (made) expect({ id, status: answer.status }).toEqual(made);
  if (isDone) {
    if (!made) asked.made = { id, status: answer.status };
    if (request.about === 'booking') expectOneBooking(model, answer.body.booking);
  }
  await expectSeen(model, real, request.about, id);
  const outcome = replays > 0 && made ? 'replayed' : `${answer.status} ${answer.body.code ?? ''}`.trim();
  model.outcomes.push(outcome);
  return outcome;
}

/** The same key with another body, where the first was done. */
export async function expectKeyReused(model: Model, real: RealShow, asked: Asked): Promise<string> {
  const { request, key } = asked;
  const body = { ...request.body, ...otherOf(request) };
  const answer = await real.send({ ...request, body }, key);
  await follow(model, real, () => []);
  expect([answer.status, answer.body.code]).toEqual([422, 'IdempotencyKeyReused']);
  await expectSeen(model, real, 'show', '');
  return '422 IdempotencyKeyReused';
}

function otherOf({ body = {}, path }: Request): Record<string, unknown> {
  if (path.endsWith('/confirm')) return { paymentReference: 'another' };
  if ('reason' in body) return { reason: 'another' };
  if ('acceptFewer' in body) return { acceptFewer: body['acceptFewer'] !== true };
  if ('bestAvailable' in body)
    return { bestAvailable: { ...(body['bestAvailable'] as object), quantity: 9 } };
  return { areas: [{ areaId: 'lawn', quantity: 9 }] };
}

/** What time and the line did, before and after what `tell` says. */
export async function follow(
  { naive }: Model,
  real: RealShow,
  tell: (held: NaiveHold | null) => Refusals,
): Promise<Refusals> {
  const events = await real.told();
  naive.now = real.clock.now();
  naive.offered = events.filter(({ type }) => type === 'SeatsOffered').map(({ data }) => data as Offer);
  naive.settle();
  const held = events.find(({ type }) => type === 'SeatsHeld')?.data as NaiveHold | undefined;
  const refusals = tell(held ?? null);
  naive.settle();
  expect(naive.offered, 'offers that the model does not know of').toEqual([]);
  return refusals;
}

function expectVerdict({ status, body }: Answer, refusals: Refusals, wanted: number): void {
  if (status >= 300) {
    expect(refusals, `refused: ${JSON.stringify(body)}`).toContain(body.code);
    expect(status).toBe(STATUS[body.code] ?? CONFLICT);
  } else expect([refusals, status]).toEqual([[], wanted]);
}

function expectOneBooking({ bookings }: Model, { id, holdId }: { id: string; holdId: string }): void {
  expect(bookings.get(holdId) ?? id, 'a hold has one booking').toBe(id);
  bookings.set(holdId, id);
}

const idIn = ({ body }: Answer, { about }: Request): string =>
  (body[about]?.id as string | undefined) ?? 'none';

async function expectSeen(model: Model, real: RealShow, about: Request['about'], id: string): Promise<void> {
  if (about === 'hold') await expectHold(model, real, id);
  if (about === 'entry') await expectEntry(model, real, id);
  if (about === 'booking') await expectBooking(model, real, id);
  if (about === 'show') await expectPage(model, real);
  await expectMap(model, real);
}

const shown = ({ status }: NaiveHold): string => (status === 'bookingCancelled' ? 'confirmed' : status);

export async function expectHold({ naive }: Model, real: RealShow, id: string): Promise<void> {
  const { status, body } = await real.get(`/holds/${id}`);
  const hold = naive.holds.get(id);
  if (!hold) return expect([status, body.code]).toEqual([404, 'HoldNotFound']);
  const { customer, seats, areas, total, until } = hold;
  expect(body.hold).toMatchObject({ id, customerId: customer, status: shown(hold), until: iso(until) });
  expect([body.hold.seats, body.hold.areas, body.hold.total.amount]).toEqual([seats, areas, total]);
}

export async function expectBooking({ naive, bookings }: Model, real: RealShow, id: string): Promise<void> {
  const { status, body } = await real.get(`/bookings/${id}`);
  const holdId = [...bookings].find(([, bookingId]) => bookingId === id)?.[0];
  if (holdId === undefined) return expect([status, body.code]).toEqual([404, 'BookingNotFound']);
  const { seats, areas, total, status: holdStatus } = naive.holds.get(holdId)!;
  const isCancelled = holdStatus === 'bookingCancelled';
  expect(body.booking).toMatchObject({ id, holdId, status: isCancelled ? 'cancelled' : 'confirmed' });
  expect([body.booking.seats, body.booking.areas, body.booking.total.amount]).toEqual([seats, areas, total]);
}

export async function expectEntry({ naive }: Model, real: RealShow, id: string): Promise<void> {
  const { status, body } = await real.get(`/waitlist/${id}`);
  const entry = naive.entries.get(id);
  if (!entry) return expect([status, body.code]).toEqual([404, 'EntryNotFound']);
  const { offer, ...rest } = entryShown(naive, entry);
  expect(body.entry).toMatchObject({ ...rest, quantity: entry.quantity, acceptFewer: entry.acceptFewer });
  expect(body.entry.offer?.holdId ?? null).toBe(offer);
}

async function expectMap({ naive }: Model, real: RealShow): Promise<void> {
  const { body } = await real.get('/availability');
  expect(body.revision).toBe(real.revision);
  expect(codesOf(body)).toEqual(SEATS.map((seat) => seatShown(naive, seat)));
  expect(body.areas.map(({ id, free, blocked }: Counts) => ({ id, free, blocked }))).toEqual(
    naive.seats.areas.map(({ id }) => areaShown(naive, id)),
  );
}

interface Counts {
  readonly id: string;
  readonly free: number;
  readonly held: number;
  readonly booked: number;
  readonly blocked: number;
  readonly waiting: number;
  readonly price: { readonly amount: number };
}

export async function expectPage({ naive }: Model, real: RealShow): Promise<void> {
  const { show } = (await real.get('')).body;
  expect(show.status).toBe(statusShown(naive));
  const { seats } = naive;
  const counts = show.categories.map((one: Counts) => [
    one.id,
    one.free,
    one.waiting,
    one.price.amount,
    one.free + one.held + one.booked + one.blocked,
  ]);
  expect(counts).toEqual(
    CATEGORIES.map((id) => [
      id,
      naive.isKept(id) ? 0 : seats.freeIn(id),
      naive.waitingFor(id).length,
      seats.prices.get(id),
      seats.capacityOf(id),
    ]),
  );
}
