import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../../../src/commands/catalogue/catalogue.ts';
import type { ShowRequest } from '../../../src/commands/catalogue/show-request.ts';
import {
  accepted,
  CatalogueHouse,
  context,
  daysOn,
  eur,
  GHOST,
  refusalOf,
} from '../support/catalogue-house.ts';

/** What becomes of a request to schedule a show, with something about it changed. */
async function trial(change: Partial<ShowRequest>, house = new CatalogueHouse()) {
  return refusalOf(
    await house.catalogue.scheduleShow(await house.event(), await house.request(change), context()),
  );
}

describe('scheduling a show', () => {
  test('begins its stream, with every default, as a draft while its event is one', async () => {
    const house = new CatalogueHouse();
    const eventId = await house.event();
    const request = await house.request();
    const {
      value: show,
      revision,
      position,
    } = accepted(await house.catalogue.scheduleShow(eventId, request, context()));
    expect(show).toMatchObject({
      eventId,
      status: 'draft',
      version: 0,
      timeZone: 'Europe/Madrid',
      startsAt: daysOn(30),
      salesCloseAt: daysOn(30),
      salesOpenAt: null,
      holdTtlMs: 600_000,
      offerTtlMs: 600_000,
      ticketsPerCustomer: 10,
      waitlistPolicy: 'strict',
      seatingPlanId: request.seatingPlanId,
      venue: { id: request.venueId, name: 'Teatro Real' },
    });
    expect(revision).toBe(0);
    expect(position).toBe((await house.events(`show-${show.id}`))[0]!.position);
    expect(await house.typesIn(`event-${eventId}`)).toEqual(['EventCreated', 'ShowAdded']);
  });

  test('keeps what is asked for: windows in UTC, rules, prices', async () => {
    const house = new CatalogueHouse();
    const asked = {
      endsAt: '2027-01-01T22:00:00+02:00',
      salesOpenAt: daysOn(1),
      salesCloseAt: daysOn(2),
      holdTtlMs: 5_000,
      ticketsPerCustomer: 4,
    };
    const request = await house.request({ ...asked, waitlistPolicy: 'best-fit' });
    const { value } = accepted(await house.catalogue.scheduleShow(await house.event(), request, context()));
    expect(value).toMatchObject({
      ...asked,
      endsAt: '2027-01-01T20:00:00.000Z',
      offerTtlMs: 5_000,
      waitlistPolicy: 'best-fit',
    });
    expect(value.categories[0]!.price).toEqual(eur(2500));
  });

  test('of a published event puts it on sale at once', async () => {
    const house = new CatalogueHouse();
    const eventId = await house.event();
    accepted(await house.catalogue.publishEvent(eventId, context()));
    expect(await house.statusOfShow(await house.show(eventId))).toBe('onSale');
  });

  test('needs an event that is there and not cancelled', async () => {
    const house = new CatalogueHouse();
    const request = await house.request();
    expect(refusalOf(await house.catalogue.scheduleShow(GHOST, request, context()))).toBe('EventNotFound');
    const eventId = await house.event();
    accepted(await house.catalogue.cancelEvent(eventId, 'ill', context()));
    expect(refusalOf(await house.catalogue.scheduleShow(eventId, request, context()))).toBe('EventCancelled');
  });

  test('needs a venue and a plan of it', async () => {
    const house = new CatalogueHouse();
    const other = await house.plan(await house.venue());
    expect(await trial({ venueId: GHOST }, house)).toBe('VenueNotFound');
    expect(await trial({ venueId: 'the opera' }, house)).toBe('VenueNotFound');
    expect(await trial({ seatingPlanId: GHOST, prices: {} }, house)).toBe('SeatingPlanNotFound');
    expect(await trial({ seatingPlanId: 'a\0b' }, house)).toBe('SeatingPlanNotFound');
    expect(await trial({ seatingPlanId: other }, house)).toBe('InvalidRequest /seatingPlanId');
  });

  test('knows a venue and a plan by their ids in capitals too', async () => {
    const house = new CatalogueHouse();
    const { venueId, seatingPlanId, ...request } = await house.request();
    const loud = { ...request, venueId: venueId.toUpperCase(), seatingPlanId: seatingPlanId.toUpperCase() };
    const { value } = accepted(await house.catalogue.scheduleShow(await house.event(), loud, context()));
    expect([value.venueId, value.seatingPlanId]).toEqual([venueId, seatingPlanId]);
  });

  test('needs a price for every category, 0 being one, and no other, in one currency', async () => {
    expect(await trial({ prices: {} })).toBe('InvalidRequest /prices/Stalls');
    expect(await trial({ prices: { Stalls: eur(0) } })).toBe('accepted');
    expect(await trial({ prices: { Stalls: eur(1), Roof: eur(1) } })).toBe('UnknownCategory');
    const house = new CatalogueHouse();
    const venueId = await house.venue();
    const seatingPlanId = await house.plan(venueId, { categories: ['Stalls', 'a/b~c'] });
    const priced = (prices: ShowRequest['prices']) => trial({ venueId, seatingPlanId, prices }, house);
    expect(await priced({ Stalls: eur(1) })).toBe('InvalidRequest /prices/a~1b~0c');
    expect(await priced({ Roof: eur(1) })).toBe('InvalidRequest /prices/Stalls /prices/a~1b~0c');
    expect(await priced({ Stalls: eur(1), 'a/b~c': { amount: 1, currency: 'USD' } })).toBe(
      'InvalidRequest /prices',
    );
  });

  test('needs times that make sense', async () => {
    expect(await trial({ endsAt: daysOn(29) })).toBe('InvalidRequest /endsAt');
    expect(await trial({ endsAt: daysOn(30) })).toBe('accepted');
    expect(await trial({ salesOpenAt: daysOn(2), salesCloseAt: daysOn(2) })).toBe(
      'InvalidRequest /salesCloseAt',
    );
    expect(await trial({ endsAt: null, salesOpenAt: null, salesCloseAt: null })).toBe('accepted');
  });

  test('leaves nothing in its event when it is refused', async () => {
    const house = new CatalogueHouse();
    const eventId = await house.event();
    await house.catalogue.scheduleShow(eventId, await house.request({ prices: {} }), context());
    expect(await house.typesIn(`event-${eventId}`)).toEqual(['EventCreated']);
  });

  test('is done once by a retry, also when the event was cancelled since', async () => {
    const house = new CatalogueHouse();
    const eventId = await house.event();
    const [request, command] = [await house.request(), context()];
    const first = accepted(await house.catalogue.scheduleShow(eventId, request, command));
    accepted(await house.catalogue.cancelEvent(eventId, 'ill', context()));
    const again = accepted(await house.catalogue.scheduleShow(eventId, request, command));
    expect(again).toMatchObject({ replayed: true, value: { id: first.value.id, status: 'cancelled' } });
    expect(await house.typesIn(`event-${eventId}`)).toEqual(['EventCreated', 'ShowAdded', 'EventCancelled']);
  });

  test('with a key of another body is refused, whatever is wrong with that body', async () => {
    const house = new CatalogueHouse();
    const eventId = await house.event();
    const [request, command] = [await house.request(), context()];
    accepted(await house.catalogue.scheduleShow(eventId, request, command));
    const other = { ...command, requestHash: 'other' };
    const changes: Partial<ShowRequest>[] = [
      { prices: { Stalls: eur(1) } },
      { prices: {} },
      { venueId: GHOST },
    ];
    for (const change of changes) {
      expect(refusalOf(await house.catalogue.scheduleShow(eventId, { ...request, ...change }, other))).toBe(
        'IdempotencyKeyReused',
      );
    }
  });

  test('again after the organiser has resumed sales does not pause them', async () => {
    const house = new CatalogueHouse();
    const eventId = await house.event();
    accepted(await house.catalogue.publishEvent(eventId, context()));
    const [request, command] = [await house.request(), context()];
    const { id } = accepted(await house.catalogue.scheduleShow(eventId, request, command)).value;
    accepted(await house.catalogue.unpublishEvent(eventId, 'offline', context()));
    await house.tell(id, { kind: 'ResumeSales', reason: 'the box office sells' });
    expect(accepted(await house.catalogue.scheduleShow(eventId, request, command)).value.status).toBe(
      'onSale',
    );
  });
});

describe('a show that is being scheduled while another process changes its event', () => {
  /** The other process acts just before the show's stream begins. */
  async function meanwhile(
    house: CatalogueHouse,
    eventId: string,
    change: (catalogue: Catalogue) => Promise<unknown>,
  ): Promise<string> {
    const [request, command] = [await house.request(), context()];
    const untilShow = async (): Promise<void> => {
      if (house.log.appends.at(-1)!.stream !== `show-${command.commandId}`)
        house.log.beforeAppend = untilShow;
      else await change(house.another().catalogue);
    };
    house.log.beforeAppend = untilShow;
    const { value } = accepted(await house.catalogue.scheduleShow(eventId, request, command));
    expect(await house.statusOfShow(value.id)).toBe(value.status);
    return value.status;
  }

  test('is on view when the event has been published', async () => {
    const house = new CatalogueHouse();
    const id = await house.event();
    expect(await meanwhile(house, id, (there) => there.publishEvent(id, context()))).toBe('onSale');
  });

  test('is cancelled when the event has been cancelled', async () => {
    const house = new CatalogueHouse();
    const id = await house.event();
    expect(await meanwhile(house, id, (there) => there.cancelEvent(id, 'ill', context()))).toBe('cancelled');
  });

  test('is paused when the event has been taken off view', async () => {
    const house = new CatalogueHouse();
    const id = await house.event();
    accepted(await house.catalogue.publishEvent(id, context()));
    expect(await meanwhile(house, id, (there) => there.unpublishEvent(id, 'offline', context()))).toBe(
      'paused',
    );
  });
});
