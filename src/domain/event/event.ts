// The event of the catalogue as an aggregate: a concert, say, with its shows, from draft to publication or cancellation.
// It is named before a show begins, so that publishing and cancelling reach every show of it.
import { accept, reject, type Aggregate, type AggregateState, type Decision } from '../decider.ts';
import { changesOf, record, versionRefused } from '../edit.ts';
import { rejection } from '../rejection.ts';
import type { CatalogueEvent, EventFields } from './events.ts';

export type EventCommand =
  /** `source`: ids under which somebody else knows it. */
  | ({ readonly kind: 'CreateEvent'; readonly source?: Readonly<Record<string, string>> } & EventFields)
  | {
      readonly kind: 'EditEvent';
      readonly changes: Partial<EventFields>;
      /** The version the editor saw; another one now is PreconditionFailed. */
      readonly ifVersion?: number;
    }
  | { readonly kind: 'AddShow'; readonly showId: string }
  | { readonly kind: 'PublishEvent' }
  | { readonly kind: 'UnpublishEvent'; readonly reason: string }
  | { readonly kind: 'CancelEvent'; readonly reason: string };

export type EventStatus = 'draft' | 'published' | 'cancelled';

export interface EventState extends AggregateState {
  /** null until EventCreated. */
  fields: EventFields | null;
  status: EventStatus;
  /** The command that gave it its present status. */
  statusBy: string;
  /** Why it was last unpublished or cancelled; null: it never was. */
  reason: string | null;
  /** Revision of the last edit. */
  version: number;
  /** In the order in which they were added. */
  readonly showIds: Set<string>;
}

export type EventAggregate = Aggregate<EventState, EventCommand, CatalogueEvent>;

export const eventAggregate: EventAggregate = {
  name: 'event',
  initialState: () => ({
    revision: -1,
    lastAt: 0,
    commands: new Map(),
    fields: null,
    status: 'draft',
    statusBy: '',
    reason: null,
    version: 0,
    showIds: new Set(),
  }),
  evolve(state, stated) {
    record(state, stated);
    const before = state.status;
    apply(state, stated as unknown as CatalogueEvent);
    if (state.status !== before) state.statusBy = stated.metadata.commandId;
  },
  decide(state, command, metadata) {
    const decision = decide(state, command);
    if ('accepted' in decision)
      for (const event of decision.accepted) eventAggregate.evolve(state, { ...event, metadata });
    return decision;
  },
  sizeOf: (state) => 2_000 + state.showIds.size * 100 + state.commands.size * 160,
};

function apply(state: EventState, event: CatalogueEvent): void {
  switch (event.type) {
    case 'EventCreated':
    case 'EventEdited':
      state.fields = { ...state.fields, ...event.data } as EventFields;
      state.version = state.revision;
      return;
    case 'ShowAdded':
      state.showIds.add(event.data.showId);
      return;
    case 'EventPublished':
      state.status = 'published';
      return;
    case 'EventUnpublished':
      state.status = 'draft';
      state.reason = event.data.reason;
      return;
    case 'EventCancelled':
      state.status = 'cancelled';
      state.reason = event.data.reason;
      return;
    case 'AlreadySo':
      return;
    default:
      event satisfies never;
  }
}

function decide(state: EventState, command: EventCommand): Decision<CatalogueEvent> {
  if (command.kind === 'CreateEvent') {
    const { kind: _kind, ...data } = command;
    return accept(state.fields === null ? [{ type: 'EventCreated', data }] : []);
  }
  if (state.fields === null) return reject(eventNotFound());
  if (command.kind === 'CancelEvent') {
    const { reason } = command;
    return accept(state.status === 'cancelled' ? [] : [{ type: 'EventCancelled', data: { reason } }]);
  }
  if (state.status === 'cancelled') return reject(eventCancelled());
  return decideOnLive(state, state.fields, command);
}

type OnLive = Exclude<EventCommand, { kind: 'CreateEvent' | 'CancelEvent' }>;

function decideOnLive(state: EventState, fields: EventFields, command: OnLive): Decision<CatalogueEvent> {
  switch (command.kind) {
    case 'EditEvent': {
      const refusal = versionRefused(state.version, command.ifVersion);
      if (refusal) return reject(refusal);
      const changes = changesOf(fields, command.changes);
      return accept(Object.keys(changes).length > 0 ? [{ type: 'EventEdited', data: changes }] : []);
    }
    case 'AddShow': {
      const { showId } = command;
      return accept(state.showIds.has(showId) ? [] : [{ type: 'ShowAdded', data: { showId } }]);
    }
    case 'PublishEvent':
      return accept(state.status === 'published' ? [] : [{ type: 'EventPublished', data: {} }]);
    case 'UnpublishEvent': {
      const { reason } = command;
      return accept(state.status === 'draft' ? [] : [{ type: 'EventUnpublished', data: { reason } }]);
    }
    default:
      return command satisfies never;
  }
}

export const eventNotFound = () => rejection('EventNotFound', 'There is no such event.');
export const eventCancelled = () =>
  rejection('EventCancelled', 'This event is cancelled; it cannot be changed any more.');
