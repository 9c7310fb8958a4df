// The events of an event in the catalogue (stream `event-<uuid>`): what organisers announce. "Event" here is the
// concert; the events of event sourcing are domain events.
import type { AlreadySo, DomainEvent } from '../event.ts';

export interface EventFields {
  readonly title: string;
  readonly description: string | null;
  readonly type: string | null;
  readonly tags: readonly string[];
  /** BCP 47. */
  readonly language: string | null;
}
export type EventCreated = DomainEvent<
  'EventCreated',
  EventFields & { readonly source?: Readonly<Record<string, string>> }
>;
export type EventEdited = DomainEvent<'EventEdited', Partial<EventFields>>;
/** Before the show's own stream begins, so that publishing and cancelling reach every show. */
export type ShowAdded = DomainEvent<'ShowAdded', { readonly showId: string }>;
export type EventPublished = DomainEvent<'EventPublished', object>;
/** Back to draft: a feed took it off sale (`sell_mode="offline"`). */
export type EventUnpublished = DomainEvent<'EventUnpublished', { readonly reason: string }>;
export type EventCancelled = DomainEvent<'EventCancelled', { readonly reason: string }>;
export type CatalogueEvent =
  AlreadySo | EventCreated | EventEdited | ShowAdded | EventPublished | EventUnpublished | EventCancelled;
