import { describe, expect, test } from 'vitest';
import { pretixPlan } from '../../../src/domain/seating-plan/pretix-plan.ts';
import { pit, pretixJson } from '../../domain/seating-plan/halls.ts';
import { accepted, CatalogueHouse, context, GHOST, refusalOf } from '../support/catalogue-house.ts';

const VENUE = { name: 'Teatro Real', timeZone: 'Europe/Madrid', city: 'Madrid' };
const NOWHERE = { address: null, country: null, lat: null, lon: null };

describe('venues', () => {
  test('have the id of the command that made them, and a version', async () => {
    const { catalogue } = new CatalogueHouse();
    const command = context();
    const { value, revision, position } = accepted(await catalogue.createVenue(VENUE, command));
    expect(value).toEqual({ id: command.commandId, version: 0, ...VENUE, ...NOWHERE });
    expect([revision, position]).toEqual([0, 1]);
  });

  test('are not made twice by a retry, which shows them as they stand now', async () => {
    const { catalogue } = new CatalogueHouse();
    const command = context();
    const first = accepted(await catalogue.createVenue(VENUE, command));
    accepted(await catalogue.editVenue(first.value.id, { changes: { name: 'Real' } }, context()));
    const again = accepted(await catalogue.createVenue(VENUE, command));
    expect(again).toMatchObject({
      replayed: true,
      changed: false,
      value: { id: first.value.id, name: 'Real', version: 1 },
    });
    expect(refusalOf(await catalogue.createVenue(VENUE, { ...command, requestHash: 'other' }))).toBe(
      'IdempotencyKeyReused',
    );
  });

  test('are edited by those who saw the present version', async () => {
    const house = new CatalogueHouse();
    const id = await house.venue();
    const edit = (name: string, ifVersion?: number) =>
      house.catalogue.editVenue(id, { changes: { name }, ifVersion }, context());
    expect(accepted(await edit('B', 0)).value).toMatchObject({ name: 'B', version: 1 });
    expect(refusalOf(await edit('C', 0))).toBe('PreconditionFailed');
    expect(accepted(await edit('B')).changed).toBe(false);
    expect(refusalOf(await house.catalogue.editVenue(GHOST, { changes: { name: 'C' } }, context()))).toBe(
      'VenueNotFound',
    );
  });
});

describe('seating plans', () => {
  test('are drawn for a venue and read back by their id', async () => {
    const house = new CatalogueHouse();
    const venueId = await house.venue();
    const plan = pretixPlan.parse(pretixJson({ rows: 2, seatsPerRow: 3 }));
    const { value } = accepted(
      await house.catalogue.drawSeatingPlan(venueId, { plan, areas: [pit()] }, context()),
    );
    expect(value).toMatchObject({ venueId, name: 'Hall', seatCount: 6, areas: [pit()] });
    expect(value.categories.map(({ id }) => id)).toEqual(['Stalls', 'Standing']);
    expect(await house.plans.load(value.id)).toMatchObject({ seatCount: 6, focalPoint: { x: 80, y: 50 } });
  });

  test('may have areas only, and are then named like their venue', async () => {
    const house = new CatalogueHouse();
    const venueId = await house.venue();
    const { value } = accepted(await house.catalogue.drawSeatingPlan(venueId, { areas: [pit()] }, context()));
    expect(value).toMatchObject({ name: 'Teatro Real', seatCount: 0 });
  });

  test('need a venue, a seat or an area, and seats with ids of their own', async () => {
    const house = new CatalogueHouse();
    const venueId = await house.venue();
    const json = pretixJson();
    json.zones[0]!.rows[1]!.seats[0]!.seat_guid = 'A-1';
    const plan = pretixPlan.parse(json);
    const draw = async (id: string, request: object) =>
      refusalOf(await house.catalogue.drawSeatingPlan(id, request, context()));
    expect(await draw(GHOST, { plan })).toBe('VenueNotFound');
    expect(await draw(venueId, { plan })).toBe('DuplicateSeatId');
    expect(await draw(venueId, { plan: { ...plan, zones: [] } })).toBe('InvalidSeatingPlan');
    expect(await draw(venueId, {})).toBe('InvalidSeatingPlan');
  });

  test('are drawn once by a retry', async () => {
    const house = new CatalogueHouse();
    const venueId = await house.venue();
    const command = context();
    const first = accepted(await house.catalogue.drawSeatingPlan(venueId, { areas: [pit()] }, command));
    const again = accepted(await house.catalogue.drawSeatingPlan(venueId, { areas: [pit()] }, command));
    expect([again.value.id, again.replayed]).toEqual([first.value.id, true]);
    expect(await house.typesIn(`seating-plan-${first.value.id}`)).toEqual(['SeatingPlanDrawn']);
  });
});

describe('events', () => {
  test('are drafts with every field, those left out being empty', async () => {
    const { catalogue } = new CatalogueHouse();
    const { value } = accepted(await catalogue.createEvent({ title: 'Ninth', tags: undefined }, context()));
    const { id, ...fields } = value;
    expect(fields).toEqual({
      status: 'draft',
      version: 0,
      title: 'Ninth',
      description: null,
      type: null,
      tags: [],
      language: null,
    });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('keep the source that they came from', async () => {
    const house = new CatalogueHouse();
    const source = { feed: 'provider', id: '291' };
    const { value } = accepted(
      await house.catalogue.createEvent({ title: 'Ninth', source }, context(), GHOST),
    );
    expect(value.id).toBe(GHOST);
    const [created] = await house.events(`event-${GHOST}`);
    expect(created!.data).toMatchObject({ source });
  });

  test('are edited by those who saw the present version, and no more when cancelled', async () => {
    const house = new CatalogueHouse();
    const id = await house.event();
    const edit = (title: string, ifVersion?: number) =>
      house.catalogue.editEvent(id, { changes: { title }, ifVersion }, context());
    expect(accepted(await edit('B', 0)).value).toMatchObject({ title: 'B', version: 1 });
    expect(refusalOf(await edit('C', 0))).toBe('PreconditionFailed');
    accepted(await house.catalogue.cancelEvent(id, 'ill', context()));
    expect(refusalOf(await edit('C'))).toBe('EventCancelled');
    expect(refusalOf(await house.catalogue.editEvent(GHOST, { changes: {} }, context()))).toBe(
      'EventNotFound',
    );
  });
});
