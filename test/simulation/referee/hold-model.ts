// What the referee knows of a hold, from its making to its end, and of an area without numbered seats.

export interface HoldModel {
  readonly id: string;
  readonly clientId: string;
  readonly customerId: string;
  readonly seats: readonly string[];
  readonly areas: readonly { readonly areaId: string; readonly quantity: number }[];
  readonly entryId: string | null;
  readonly firstUntilMs: number;
  untilMs: number;
  state: 'live' | 'booked' | 'released' | 'lapsed' | 'cancelled';
  bookingId: string | null;
  paymentReference: string | null;
}

export interface AreaModel {
  readonly categoryId: string;
  capacity: number;
  taken: number;
  blocked: number;
}
