import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventAggregate, type EventCommand } from '../../../src/domain/event/event.ts';
import type { CatalogueEvent, EventFields } from '../../../src/domain/event/events.ts';
import { eventView } from '../../../src/domain/event/views.ts';
import { Story } from '../given-when-then.ts';

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
    const story = given().when({ kind: 'CreateEvent', ...FIELDS });
    story
      .then([CREATED])
      .when({ kind: 'CreateEvent', ...FIELDS, title: 'Other' })
      .then([]);
    expect(eventView('e', story.state)).toEqual({ id: 'e', status: 'draft', version: 0, ...FIELDS });
  });

  test('keeps on record under which ids its source knows it', () => {
    const source = { name: 'provider', baseEventId: '1591' };
    given()
      .when({ kind: 'CreateEvent', ...FIELDS, source })
      .then([{ type: 'EventCreated', data: { ...FIELDS, source } }]);
  });

  test('that is not there can do nothing', () => {
    const commands: EventCommand[] = [
      edit({ title: 'X' }),
      { kind: 'AddShow', showId: 's' },
      { kind: 'PublishEvent' },
      { kind: 'UnpublishEvent', reason: 'r' },
      { kind: 'CancelEvent', reason: 'r' },
    ];
    for (const command of commands) given().when(command).then('EventNotFound');
    expect(eventView('e', eventAggregate.initialState())).toBeNull();
  });

  test('is edited; only what differs is recorded, tags as a whole', () => {
    given(CREATED)
      .when(edit({ title: 'Ninth', type: 'concert', tags: ['classical'] }))
      .then([{ type: 'EventEdited', data: { title: 'Ninth', tags: ['classical'] } }])
      .when(edit({ tags: ['classical'], description: null }))
      .then([]);
  });

  test('changes its version with edits only', () => {
    const story = given(CREATED).when({ kind: 'AddShow', showId: 's' }).when({ kind: 'PublishEvent' });
    expect([story.state.version, story.state.revision]).toEqual([0, 2]);
    story.when(edit({ title: 'B' }, 0));
    expect(story.state.version).toBe(3);
    story.when(edit({ title: 'C' }, 0)).then('PreconditionFailed');
  });

  test('takes each show in once, in order', () => {
    const story = given(CREATED)
      .when({ kind: 'AddShow', showId: 'b' })
      .when({ kind: 'AddShow', showId: 'a' });
    story.when({ kind: 'AddShow', showId: 'b' }).then([]);
    expect([...story.state.showIds]).toEqual(['b', 'a']);
  });

  test('is published once, unpublished and published again', () => {
    const story = given(CREATED).when({ kind: 'UnpublishEvent', reason: 'offline' }).then([]);
    story.when({ kind: 'PublishEvent' }).then([PUBLISHED]).when({ kind: 'PublishEvent' }).then([]);
    story.when({ kind: 'UnpublishEvent', reason: 'offline' }).then([UNPUBLISHED]);
    expect(story.state).toMatchObject({ status: 'draft', reason: 'offline' });
    story.when({ kind: 'PublishEvent' }).then([PUBLISHED]);
    expect(story.state.status).toBe('published');
  });

  test('remembers which command gave it its present status', () => {
    const story = given(CREATED, PUBLISHED);
    const { statusBy } = story.state;
    story.when(edit({ title: 'B' })).when({ kind: 'PublishEvent' });
    expect([statusBy, story.state.statusBy]).toEqual(['command-2', 'command-2']);
  });

  test('is cancelled from any status, once', () => {
    for (const before of [[CREATED], [CREATED, PUBLISHED], [CREATED, PUBLISHED, UNPUBLISHED]]) {
      const story = given(...before).when({ kind: 'CancelEvent', reason: 'ill' });
      story.then([CANCELLED]).when({ kind: 'CancelEvent', reason: 'still ill' }).then([]);
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
    for (const command of commands) given(CREATED, CANCELLED).when(command).then('EventCancelled');
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
          const first = story.when(each).verdict;
          story.when(each).then(typeof first === 'string' ? first : []);
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
