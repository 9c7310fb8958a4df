// A hall with a show on sale, made over HTTP as an organiser would.
import type { Client } from './client.ts';

export interface Hall {
  readonly venueId: string;
  readonly seatingPlanId: string;
  readonly eventId: string;
  readonly showId: string;
  /** `/v1/shows/<id>` */
  readonly path: string;
  readonly position: string;
}

/** One row of seats `A-1` … and, if asked, an area `floor`. */
export async function openHall(
  call: Client,
  {
    seats = 10,
    floor = 0,
    publish = true,
    ...show
  }: { seats?: number; floor?: number; publish?: boolean } & Record<string, unknown> = {},
): Promise<Hall> {
  const { venue } = await done(
    call('POST', '/v1/venues', {
      body: { name: 'Hall', timeZone: 'Europe/Madrid', city: 'Madrid', country: 'ES', lat: 40.4, lon: -3.7 },
    }),
    201,
  );
  const areas =
    floor > 0 ? [{ id: 'floor', name: 'Floor', categoryId: 'Standing', capacity: floor }] : undefined;
  const { seatingPlan } = await done(
    call('POST', `/v1/venues/${venue.id}/seating-plans`, { body: { plan: rowOf(seats), areas } }),
    201,
  );
  const { event } = await done(
    call('POST', '/v1/events', {
      body: { title: 'Ninth Symphony', type: 'concert', tags: ['classical', 'classical'] },
    }),
    201,
  );
  const prices = {
    Stalls: { amount: 2500, currency: 'EUR' },
    ...(floor > 0 && { Standing: { amount: 1500, currency: 'EUR' } }),
  };
  const body = {
    venueId: venue.id,
    seatingPlanId: seatingPlan.id,
    startsAt: '2099-05-01T19:00:00Z',
    prices,
    ...show,
  };
  const scheduled = await done(call('POST', `/v1/events/${event.id}/shows`, { body }), 201);
  const published = publish
    ? await done(call('POST', `/v1/events/${event.id}/publish`, { body: {} }), 200)
    : scheduled;
  const showId = scheduled.show.id;
  return {
    venueId: venue.id,
    seatingPlanId: seatingPlan.id,
    eventId: event.id,
    showId,
    path: `/v1/shows/${showId}`,
    position: published.position,
  };
}

export function rowOf(seats: number) {
  return {
    name: 'Hall',
    size: { width: 1000, height: 100 },
    categories: [{ name: 'Stalls', color: '#4caf50' }],
    zones: [
      {
        name: 'Main',
        position: { x: 0, y: 0 },
        rows: [
          {
            row_number: 'A',
            position: { x: 0, y: 0 },
            seats: Array.from({ length: seats }, (_, i) => ({
              seat_guid: `A-${i + 1}`,
              seat_number: String(i + 1),
              position: { x: i * 30, y: 0 },
              category: 'Stalls',
            })),
          },
        ],
      },
    ],
  };
}

// oxlint-disable-next-line typescript/no-explicit-any -- see client.ts
export async function done(answer: ReturnType<Client>, status: number): Promise<any> {
  const { status: got, text, body } = await answer;
  if (got !== status) throw new Error(`wanted ${status}, got ${got}: ${text.slice(0, 400)}`);
  return body;
}

/** An API key of these scopes. */
export async function keyWith(
  call: Client,
  scopes: string[],
  more: Record<string, unknown> = {},
): Promise<{ secret: string; id: string; clientId: string }> {
  const { apiKey, secret } = await done(
    call('POST', '/v1/api-keys', { body: { name: 'a key of the tests', scopes, ...more } }),
    201,
  );
  return { ...apiKey, secret };
}
