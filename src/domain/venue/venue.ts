// The venue as an aggregate: a house where shows are given, with its place and its time zone.
import { accept, reject, type Aggregate, type AggregateState, type Decision } from '../decider.ts';
import { changesOf, record, versionRefused } from '../edit.ts';
import { rejection, type Rejection } from '../rejection.ts';
import type { VenueEvent, VenueFields } from './events.ts';

export type VenueCommand =
  | ({ readonly kind: 'CreateVenue' } & VenueFields)
  | {
      readonly kind: 'EditVenue';
      readonly changes: Partial<VenueFields>;
      /** The version the editor saw; another one now is PreconditionFailed. */
      readonly ifVersion?: number;
    };

export interface VenueState extends AggregateState {
  /** null until VenueCreated. */
  fields: VenueFields | null;
  /** Revision of the last edit. */
  version: number;
}

export type VenueAggregate = Aggregate<VenueState, VenueCommand, VenueEvent>;

export const venueAggregate: VenueAggregate = {
  name: 'venue',
  initialState: () => ({ revision: -1, lastAt: 0, commands: new Map(), fields: null, version: 0 }),
  evolve(state, stated) {
    record(state, stated);
    const event = stated as unknown as VenueEvent;
    switch (event.type) {
      case 'VenueCreated':
      case 'VenueEdited':
        state.fields = { ...state.fields, ...event.data } as VenueFields;
        state.version = state.revision;
        return;
      case 'AlreadySo':
        return;
      default:
        event satisfies never;
    }
  },
  decide(state, command, metadata) {
    const decision = decide(state, command);
    if ('accepted' in decision)
      for (const event of decision.accepted) venueAggregate.evolve(state, { ...event, metadata });
    return decision;
  },
  sizeOf: (state) => 1_000 + state.commands.size * 160,
};

function decide({ fields, version }: VenueState, command: VenueCommand): Decision<VenueEvent> {
  if (command.kind === 'CreateVenue') {
    const { kind: _kind, ...data } = command;
    const refusal = halfPlaced(data);
    if (refusal) return reject(refusal);
    return accept(fields === null ? [{ type: 'VenueCreated', data }] : []);
  }
  if (fields === null) return reject(venueNotFound());
  const changes = changesOf(fields, command.changes);
  const moves = 'lat' in changes || 'lon' in changes;
  const refusal =
    versionRefused(version, command.ifVersion) ?? (moves ? halfPlaced({ ...fields, ...changes }) : null);
  if (refusal) return reject(refusal);
  return accept(Object.keys(changes).length > 0 ? [{ type: 'VenueEdited', data: changes }] : []);
}

/** Points at the half that is missing; null: a place has both, or there is none. */
function halfPlaced({ lat, lon }: VenueFields): Rejection | null {
  if ((lat === null) === (lon === null)) return null;
  const message = 'Give `lat` and `lon` together, or neither: a place has both.';
  const pointer = lat === null ? '/lat' : '/lon';
  return rejection('InvalidRequest', message, { errors: [{ pointer, code: 'missing', message }] });
}

export const venueNotFound = () => rejection('VenueNotFound', 'There is no such venue.');
