// A command that takes several steps and cannot be carried on behind its first commit: whoever asked is not told that nothing
// was done, for something was; sent again, it goes on where it stopped.
import { expect, test } from 'vitest';
import { CommandContexts } from '../../src/api/request/command-context.ts';
import type { ApiDependencies } from '../../src/api/dependencies.ts';
import { halfWay } from '../../src/commands/half-way.ts';
import { showAggregate } from '../../src/domain/show/show.ts';
import { venueAggregate } from '../../src/domain/venue/venue.ts';
import { Fault } from '../../src/ports/fault.ts';
import { FrontDoor, type Asking } from '../simulation/engine/front-door.ts';
import { OFFICE } from '../simulation/people/asking.ts';
import { accepted, CatalogueHouse, context } from './support/catalogue-house.ts';
import { countedIds } from './support/house.ts';
import { fixture, ImportHouse } from './support/import-house.ts';
import { UnrulyLog } from './support/unruly-log.ts';

const MAY_HAVE_BEEN_DONE = { name: 'Fault', code: 'EventLogUnavailable', outcome: 'unknown' };

test('publishing is in doubt when a show cannot be told after the event has taken it', async () => {
  const house = new CatalogueHouse();
  const eventId = await house.event();
  const showId = await house.show(eventId);
  const command = context();
  house.log.mishaps = [null, 'refused'];
  await expect(house.catalogue.publishEvent(eventId, command)).rejects.toMatchObject(MAY_HAVE_BEEN_DONE);
  expect(await house.statusOfEvent(eventId)).toBe('published');
  expect(await house.statusOfShow(showId)).toBe('draft');
  expect(accepted(await house.catalogue.publishEvent(eventId, command)).replayed).toBe(true);
  expect(await house.statusOfShow(showId)).toBe('onSale');
});

test('publishing was not done when the event itself could not take it', async () => {
  const house = new CatalogueHouse();
  const eventId = await house.event();
  house.log.mishaps = ['refused'];
  await expect(house.catalogue.publishEvent(eventId, context())).rejects.toMatchObject({ outcome: 'none' });
  expect(await house.statusOfEvent(eventId)).toBe('draft');
});

/** A read of the newest is an append of nothing: of the event and of the venue, before the first commit. */
const READS_BEFORE = [null, null];

test.each([
  ['the show cannot begin after the event has taken it in', [null, 'refused'], []],
  [
    'its event cannot be looked at again after the show has begun',
    [null, null, 'refused'],
    ['ShowScheduled'],
  ],
] as const)('scheduling is in doubt when %s', async (_when, mishaps, begun) => {
  const house = new CatalogueHouse();
  const eventId = await house.event();
  const [request, command] = [await house.request(), context()];
  const schedule = () => house.catalogue.scheduleShow(eventId, request, command);
  house.log.mishaps = [...READS_BEFORE, ...mishaps];
  await expect(schedule()).rejects.toMatchObject(MAY_HAVE_BEEN_DONE);
  const added = (await house.events(`event-${eventId}`)).find(({ type }) => type === 'ShowAdded');
  const { showId } = added!.data as { showId: string };
  expect(await house.typesIn(`show-${showId}`)).toEqual(begun);
  expect(accepted(await schedule()).value.id).toBe(showId);
  expect(await house.statusOfShow(showId)).toBe('draft');
});

test('an edit is in doubt when the venue for its answer cannot be read', async () => {
  const house = new CatalogueHouse();
  const { clock, pipeline, plans } = house;
  const showId = await house.show(await house.event());
  const api = {
    pipeline,
    showAggregate: showAggregate(plans),
    contexts: new CommandContexts(clock, countedIds, 10_000),
    venueOf: async (venueId: string) => {
      house.log.mishaps = ['refused'];
      return (await pipeline.read(venueAggregate, venueId, () => null)).value;
    },
  };
  const door = new FrontDoor(api as unknown as ApiDependencies, (error) => expect.unreachable(String(error)));
  const edit: Asking = {
    operation: 'editShow',
    params: { showId },
    body: { ticketsPerCustomer: 3 },
    headers: {},
    principal: OFFICE,
    id: 'edit',
  };
  const { status, body } = await door.ask(edit);
  expect(status).toBe(503);
  expect(body!['detail']).toContain('It may have been done');
  expect(await house.typesIn(`show-${showId}`)).toEqual(['ShowScheduled', 'ShowRulesChanged']);
});

test('a bug behind the first commit stays what it is', () => {
  const bug = new TypeError('undefined is not a show');
  expect(() => halfWay(bug)).toThrow(bug);
  const cause = new Fault('Overloaded', 'Too much at once.', { retryAfterS: 7 });
  expect(() => halfWay(cause)).toThrow(
    expect.objectContaining({ code: 'Overloaded', retryAfterS: 7, outcome: 'unknown', cause }) as Error,
  );
});

test('an import is in doubt exactly when something of it was written before it broke off, wherever that is', async () => {
  const said = new Set<string>();
  for (let appends = 0; appends < 1_000; appends += 1) {
    const log = new UnrulyLog(new ImportHouse().log);
    log.mishaps = [...Array.from({ length: appends }, () => null), 'refused'];
    const failure: unknown = await new ImportHouse({ log }).import(fixture(1)).then(
      () => null,
      (error: unknown) => error,
    );
    if (failure === null) break;
    const outcome = (await log.lastPosition()) === 0 ? 'none' : 'unknown';
    expect(failure).toMatchObject({ ...MAY_HAVE_BEEN_DONE, outcome });
    said.add(outcome);
  }
  expect([...said]).toEqual(['none', 'unknown']);
});

test('an import is in doubt when its result cannot be kept', async () => {
  const house = new ImportHouse();
  house.imports.save = () => Promise.reject(new Fault('EventLogUnavailable', 'away', { outcome: 'none' }));
  await expect(house.import(fixture(1))).rejects.toMatchObject(MAY_HAVE_BEEN_DONE);
});
