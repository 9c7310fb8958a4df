// A house with everything in it that a front end may own, for attacks on each of it.
import { randomUUID } from 'node:crypto';
import type { Client } from '../api/client.ts';
import { done, keyWith, openHall } from '../api/hall.ts';
import type { Hall } from '../api/hall.ts';

const FEED = '<eventList version="1.0"><output></output></eventList>';

/** Holds, bookings and entries are the owner's and new each time; their paths are given. */
export interface World {
  readonly hall: Hall;
  /** Nobody can hold there, everybody can join. */
  readonly soldOut: Hall;
  readonly locationId: string;
  readonly importId: string;
  /** The key of the front end whose everything is. */
  readonly owner: string;
  readonly ownerClientId: string;
  holdBody(): { customerId: string; areas: { areaId: string; quantity: number }[] };
  joinBody(): { customerId: string; categoryId: string; quantity: number };
  showBody(): Record<string, unknown>;
  hold(): Promise<string>;
  booking(): Promise<string>;
  entry(): Promise<string>;
  /** Of the event's id. */
  emptyEvent(): Promise<string>;
  emptyShow(): Promise<string>;
  apiKeyId(): Promise<string>;
}

export async function buildWorld(call: Client): Promise<World> {
  const owner = await keyWith(call, ['browse', 'book']);
  const post = (path: string, body: unknown, status = 201) =>
    done(call('POST', path, { body, key: owner.secret }), status);
  const hall = await openHall(call, { seats: 3, floor: 10_000 });
  const soldOut = await openHall(call, { seats: 1 });
  await post(`${soldOut.path}/holds`, { customerId: 'first', seats: ['A-1'] });
  const imported = await call('POST', '/v1/imports', {
    body: FEED,
    headers: { 'content-type': 'application/xml' },
  });
  const seen = { headers: { 'x-min-position': soldOut.position, prefer: 'wait=10' } };
  const locations = await done(call('GET', '/v1/locations', seen), 200);
  const newCustomer = () => `customer-${randomUUID()}`;
  const world: World = {
    hall,
    soldOut,
    locationId: locations.data[0].id,
    importId: imported.body.import.id,
    owner: owner.secret,
    ownerClientId: owner.clientId,
    holdBody: () => ({ customerId: newCustomer(), areas: [{ areaId: 'floor', quantity: 1 }] }),
    joinBody: () => ({ customerId: newCustomer(), categoryId: 'Stalls', quantity: 1 }),
    showBody: () => ({
      venueId: hall.venueId,
      seatingPlanId: hall.seatingPlanId,
      startsAt: '2099-06-01T19:00:00Z',
      prices: { Stalls: { amount: 1, currency: 'EUR' }, Standing: { amount: 1, currency: 'EUR' } },
    }),
    async hold() {
      const { hold } = await post(`${hall.path}/holds`, world.holdBody());
      return `${hall.path}/holds/${hold.id}`;
    },
    async booking() {
      const { booking } = await post(`${await world.hold()}/confirm`, {});
      return `${hall.path}/bookings/${booking.id}`;
    },
    async entry() {
      const { entry } = await post(`${soldOut.path}/waitlist`, world.joinBody());
      return `${soldOut.path}/waitlist/${entry.id}`;
    },
    async emptyEvent() {
      return (await done(call('POST', '/v1/events', { body: { title: 'Empty' } }), 201)).event.id;
    },
    async emptyShow() {
      const made = call('POST', `/v1/events/${hall.eventId}/shows`, { body: world.showBody() });
      return `/v1/shows/${(await done(made, 201)).show.id}`;
    },
    async apiKeyId() {
      return (await keyWith(call, ['browse'])).id;
    },
  };
  return world;
}
