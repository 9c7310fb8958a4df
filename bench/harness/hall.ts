// Shows for benchmarks, made over HTTP as an organiser makes them.
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_KEY } from './processes.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- answers are read as a plain front end would
type Json = any;

export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Json> {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${ADMIN_KEY}`,
      ...(method === 'POST' && { 'idempotency-key': crypto.randomUUID() }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

export interface Hall {
  readonly venueId: string;
  readonly planId: string;
  readonly seatIds: readonly string[];
}

/** Headers of whoever books with the administrator's key. */
export const AUTHORISED = { authorization: `Bearer ${ADMIN_KEY}` };

/** Waits until every view in Postgres has caught up with the log, so that no side pays for another's. */
export async function untilProjected(url: string): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${url}/metrics`, { headers: AUTHORISED })).text();
    const lags = [...metrics.matchAll(/^fairseat_projection_lag_events\{[^}]*\} (\d+)/gm)].map(([, lag]) =>
      Number(lag),
    );
    if (lags.length > 0 && Math.max(...lags) === 0) return;
    await sleep(50);
  }
}

/** A plan of rows of 100 seats, one category. */
export async function makeHall(
  url: string,
  seats: number,
  place: { city: string; lat?: number; lon?: number } = { city: 'Berlin' },
): Promise<Hall> {
  const { venue } = await call(url, 'POST', '/v1/venues', { name: 'Bench', timeZone: 'UTC', ...place });
  const rows = Array.from({ length: Math.ceil(seats / 100) }, (_, r) => ({
    row_number: `R${r}`,
    position: { x: 0, y: r * 30 },
    seats: Array.from({ length: Math.min(100, seats - r * 100) }, (_s, s) => ({
      seat_guid: `R${r}-${s}`,
      seat_number: String(s),
      position: { x: s * 30, y: 0 },
      category: 'All',
    })),
  }));
  const plan = {
    name: 'Bench',
    size: { width: 1, height: 1 },
    categories: [{ name: 'All', color: '#000' }],
    zones: [{ name: 'Z', position: { x: 0, y: 0 }, rows, areas: [] }],
  };
  const { seatingPlan } = await call(url, 'POST', `/v1/venues/${venue.id}/seating-plans`, { plan });
  return {
    venueId: venue.id,
    planId: seatingPlan.id,
    seatIds: rows.flatMap((row) => row.seats.map((seat) => seat.seat_guid)),
  };
}

/** A published show of a hall; gives its id. */
export async function makeShow(url: string, hall: Hall): Promise<string> {
  const [showId] = await makeShows(url, hall, 1);
  return showId!;
}

const SHOWS_AT_ONCE = 8;

/** Shows of a hall, all of one published event; `terms` beside or in place of the usual ones. */
export async function makeShows(
  url: string,
  hall: Hall,
  count: number,
  terms: Record<string, unknown> = {},
  title = 'Bench',
): Promise<string[]> {
  const { event } = await call(url, 'POST', '/v1/events', { title });
  await call(url, 'POST', `/v1/events/${event.id}/publish`, {});
  const body = {
    venueId: hall.venueId,
    seatingPlanId: hall.planId,
    prices: { All: { amount: 100, currency: 'EUR' } },
    startsAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
    ...terms,
  };
  const showIds: string[] = [];
  let left = count;
  const maker = async (): Promise<void> => {
    while (left-- > 0) {
      const { show } = await call(url, 'POST', `/v1/events/${event.id}/shows`, body);
      showIds.push(show.id as string);
    }
  };
  await Promise.all(Array.from({ length: Math.min(SHOWS_AT_ONCE, count) }, maker));
  return showIds;
}
