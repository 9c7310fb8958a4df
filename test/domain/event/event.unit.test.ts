import { describe, expect, test } from 'vitest';
import { eventAggregate, type EventCommand } from '../../../src/domain/event/event.ts';
import type { CatalogueEvent, EventFields } from '../../../src/domain/event/events.ts';
import { eventView } from '../../../src/domain/event/views.ts';
import { Story } from '../given-when-then.ts';
import { fc } from '../properties.ts';

const FIELDS: EventFields = {
  title: 'Ninth Symphony',
  description: null,
  type: 'concert',
  tags: ['classical', 'choir'],
  language: 'de',
};
const CREATED: CatalogueEvent = { type: 'EventCreated', data: FIELDS };
const PUBLISHED: CatalogueEvent = { type: 'EventPublished', data: {} };
const CANCELLED: CatalogueEvent = { type: 'EventCancelled', data: { reason: 'ill' } };
const UNPUBLISHED: CatalogueEvent = { type: 'EventUnpublished', data: { reason: 'offline' } };

const given = (...events: CatalogueEvent[]) => new Story(eventAggregate, events);
const edit = (changes: Partial<EventFields>, ifVersion?: number): EventCommand => ({
  kind: 'EditEvent',
  changes,
  ifVersion,
});

describe('an event of the catalogue', () => {
  test('begins as a draft; creating it again changes nothing', () => {
    const story = given();
    expect(story.when({ kind: 'CreateEvent', ...FIELDS })).toEqual([CREATED]);
    expect(story.when({ kind: 'CreateEvent', ...FIELDS, title: 'Other' })).toEqual([]);
    expect(eventView('e', story.state)).toEqual({ id: 'e', status: 'draft', version: 0, ...FIELDS });
  });

  test('keeps on record under which ids its source knows it', () => {
    const source = { name: 'provider', baseEventId: '1591' };
    expect(given().when({ kind: 'CreateEvent', ...FIELDS, source })).toEqual([
      { type: 'EventCreated', data: { ...FIELDS, source } },
    ]);
  });

  test('that is not there can do nothing', () => {
    const commands: EventCommand[] = [
      edit({ title: 'X' }),
      { kind: 'AddShow', showId: 's' },
      { kind: 'PublishEvent' },
      { kind: 'UnpublishEvent', reason: 'r' },
      { kind: 'CancelEvent', reason: 'r' },
    ];
    for (const command of commands) expect(given().when(command)).toEqual('EventNotFound');
    expect(eventView('e', eventAggregate.initialState())).toBeNull();
  });

  test('is edited; only what differs is recorded, tags as a whole', () => {
    const story = given(CREATED);
    expect(story.when(edit({ title: 'Ninth', type: 'concert', tags: ['classical'] }))).toEqual([
      { type: 'EventEdited', data: { title: 'Ninth', tags: ['classical'] } },
    ]);
    expect(story.when(edit({ tags: ['classical'], description: null }))).toEqual([]);
  });

  test('changes its version with edits only', () => {
    const story = given(CREATED);
    story.when({ kind: 'AddShow', showId: 's' });
    story.when({ kind: 'PublishEvent' });
    expect([story.state.version, story.state.revision]).toEqual([0, 2]);
    story.when(edit({ title: 'B' }, 0));
    expect(story.state.version).toBe(3);
    expect(story.when(edit({ title: 'C' }, 0))).toEqual('PreconditionFailed');
  });

  test('takes each show in once, in order', () => {
    const story = given(CREATED);
    story.when({ kind: 'AddShow', showId: 'b' });
    story.when({ kind: 'AddShow', showId: 'a' });
    expect(story.when({ kind: 'AddShow', showId: 'b' })).toEqual([]);
    expect([...story.state.showIds]).toEqual(['b', 'a']);
  });

  test('is published once, unpublished and published again', () => {
    const story = given(CREATED);
    expect(story.when({ kind: 'UnpublishEvent', reason: 'offline' })).toEqual([]);
    expect(story.when({ kind: 'PublishEvent' })).toEqual([PUBLISHED]);
    expect(story.when({ kind: 'PublishEvent' })).toEqual([]);
    expect(story.when({ kind: 'UnpublishEvent', reason: 'offline' })).toEqual([UNPUBLISHED]);
    expect(story.state).toMatchObject({ status: 'draft', reason: 'offline' });
    expect(story.when({ kind: 'PublishEvent' })).toEqual([PUBLISHED]);
    expect(story.state.status).toBe('published');
  });

  test('remembers which command gave it its present status', () => {
    const story = given(CREATED, PUBLISHED);
    const { statusBy } = story.state;
    story.when(edit({ title: 'B' }));
    story.when({ kind: 'PublishEvent' });
    expect([statusBy, story.state.statusBy]).toEqual(['command-2', 'command-2']);
  });

  test('is cancelled from any status, once', () => {
    for (const before of [[CREATED], [CREATED, PUBLISHED], [CREATED, PUBLISHED, UNPUBLISHED]]) {
      const story = given(...before);
      expect(story.when({ kind: 'CancelEvent', reason: 'ill' })).toEqual([CANCELLED]);
      expect(story.when({ kind: 'CancelEvent', reason: 'still ill' })).toEqual([]);
      expect(story.state).toMatchObject({ status: 'cancelled', reason: 'ill' });
    }
  });

  test('that is cancelled is neither edited, published, unpublished nor given shows', () => {
    const commands: EventCommand[] = [
      edit({ title: 'X' }),
      edit({}, 99),
      { kind: 'AddShow', showId: 's' },
      { kind: 'PublishEvent' },
      { kind: 'UnpublishEvent', reason: 'r' },
    ];
    for (const command of commands) expect(given(CREATED, CANCELLED).when(command)).toEqual('EventCancelled');
  });

  test('whatever happens to it, a command sent twice adds nothing, and readers fold the same event', () => {
    const command = fc.oneof(
      fc
        .record({ title: fc.string(), tags: fc.array(fc.string()) }, { requiredKeys: [] })
        .map((c) => edit(c)),
      fc.constantFrom('a', 'b', 'c').map((showId): EventCommand => ({ kind: 'AddShow', showId })),
      fc.constant<EventCommand>({ kind: 'PublishEvent' }),
      fc.constant<EventCommand>({ kind: 'UnpublishEvent', reason: 'r' }),
      fc.constant<EventCommand>({ kind: 'CancelEvent', reason: 'r' }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const story = given(CREATED);
        for (const each of commands) {
          const first = story.when(each);
          expect(story.when(each)).toEqual(typeof first === 'string' ? first : []);
        }
        const { fields, status, version, showIds } = story.folded();
        expect({ fields, status, version, showIds }).toEqual({
          fields: story.state.fields,
          status: story.state.status,
          version: story.state.version,
          showIds: story.state.showIds,
        });
      }),
    );
  });
});
