import { describe, expect, test } from 'vitest';
import type { VenueEvent, VenueFields } from '../../../src/domain/venue/events.ts';
import { venueAggregate, type VenueCommand } from '../../../src/domain/venue/venue.ts';
import { venueView } from '../../../src/domain/venue/views.ts';
import { Story } from '../given-when-then.ts';
import { fc } from '../properties.ts';

const FIELDS: VenueFields = {
  name: 'Teatro Real',
  timeZone: 'Europe/Madrid',
  address: 'Plaza de Isabel II',
  city: 'Madrid',
  country: 'ES',
  lat: 40.4184,
  lon: -3.7106,
};
const CREATED: VenueEvent = { type: 'VenueCreated', data: FIELDS };

const given = (...events: VenueEvent[]) => new Story(venueAggregate, events);
const edit = (changes: Partial<VenueFields>, ifVersion?: number): VenueCommand => ({
  kind: 'EditVenue',
  changes,
  ifVersion,
});

describe('a venue', () => {
  test('is created once; creating it again changes nothing', () => {
    const story = given();
    expect(story.when({ kind: 'CreateVenue', ...FIELDS })).toEqual([CREATED]);
    expect(story.when({ kind: 'CreateVenue', ...FIELDS, name: 'Another' })).toEqual([]);
    expect(venueView('v', story.state)).toEqual({ id: 'v', version: 0, ...FIELDS });
  });

  test('that is not there cannot be edited, and is not shown', () => {
    expect(given().when(edit({ name: 'X' }))).toEqual('VenueNotFound');
    expect(venueView('v', venueAggregate.initialState())).toBeNull();
  });

  test('is edited field by field; only what differs is recorded', () => {
    const story = given(CREATED);
    expect(story.when(edit({ name: 'Gran Teatro', city: 'Madrid', lat: undefined }))).toEqual([
      { type: 'VenueEdited', data: { name: 'Gran Teatro' } },
    ]);
    expect(venueView('v', story.state)).toMatchObject({ name: 'Gran Teatro', lat: 40.4184, version: 1 });
  });

  test('loses what is set to null', () => {
    const story = given(CREATED);
    story.when(edit({ address: null, lat: null, lon: null }));
    expect(venueView('v', story.state)).toMatchObject({ address: null, lat: null, lon: null });
  });

  test('has both halves of a place or neither', () => {
    const half = { ...FIELDS, lat: null };
    expect(given().when({ kind: 'CreateVenue', ...half })).toEqual('InvalidRequest');
    expect(given(CREATED).when(edit({ lon: null }))).toEqual('InvalidRequest');
    expect(given(CREATED).when(edit({ lat: 1 }))).toEqual([{ type: 'VenueEdited', data: { lat: 1 } }]);
  });

  test('that lacks half of its place is refused where that half would stand', () => {
    const metadata = { commandId: 'c', requestHash: '', at: '2027-03-01T12:00:00.000Z' };
    for (const half of ['lat', 'lon'] as const) {
      const command: VenueCommand = { kind: 'CreateVenue', ...FIELDS, [half]: null };
      const message = 'Give `lat` and `lon` together, or neither: a place has both.';
      expect(venueAggregate.decide(given().state, command, metadata)).toEqual({
        rejected: {
          code: 'InvalidRequest',
          detail: message,
          members: { errors: [{ pointer: `/${half}`, code: 'missing', message }] },
        },
      });
    }
  });

  test('is edited to what it is: nothing happens and the version stays', () => {
    const story = given(CREATED);
    expect(story.when(edit(FIELDS))).toEqual([]);
    expect(story.state.version).toBe(0);
  });

  test('has a version that is the revision of its last edit', () => {
    const story = given(CREATED);
    story.when(edit({ name: 'B' }));
    story.when(edit({ name: 'C' }, 1));
    expect(story.state.version).toBe(2);
    expect(story.when(edit({ name: 'D' }, 1))).toEqual('PreconditionFailed');
    expect(story.when(edit({ name: 'D' }, 2))).toEqual([{ type: 'VenueEdited', data: { name: 'D' } }]);
  });

  test('an edit of another version is refused even if it would change nothing', () => {
    expect(given(CREATED).when(edit(FIELDS, 7))).toEqual('PreconditionFailed');
  });

  test('whatever edit is made twice, the second adds nothing, and readers fold the same venue', () => {
    const field = fc.record(
      {
        name: fc.string({ minLength: 1 }),
        city: fc.string({ minLength: 1 }),
        address: fc.option(fc.string()),
        country: fc.constantFrom('ES', 'PT', null),
        lat: fc.double({ min: -90, max: 90, noNaN: true }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(field, { maxLength: 8 }), (edits) => {
        const story = given(CREATED);
        for (const changes of edits) {
          story.when(edit(changes));
          expect(story.when(edit(changes))).toEqual([]);
          expect(story.state.fields).toMatchObject(changes);
        }
        const { fields, version, revision } = story.folded();
        expect([fields, version, revision]).toEqual([
          story.state.fields,
          story.state.version,
          story.state.revision,
        ]);
      }),
    );
  });
});
