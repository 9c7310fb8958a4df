// The events of a venue (stream `venue-<uuid>`).
import type { AlreadySo, DomainEvent } from '../event.ts';

export interface VenueFields {
  readonly name: string;
  /** IANA zone. */
  readonly timeZone: string;
  readonly address: string | null;
  readonly city: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
}
export type VenueCreated = DomainEvent<'VenueCreated', VenueFields>;
export type VenueEdited = DomainEvent<'VenueEdited', Partial<VenueFields>>;
export type VenueEvent = AlreadySo | VenueCreated | VenueEdited;
