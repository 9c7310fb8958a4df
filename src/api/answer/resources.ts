// From the views of the domain to the members of an answer: what is nobody's business at the API (the client) is left out.
import type { BookingView, EntryView, HoldView, ShowView } from '../../domain/show/views.ts';

export type HoldAnswer = Omit<HoldView, 'clientId'> & { readonly showId: string };
export type BookingAnswer = Omit<BookingView, 'clientId'> & { readonly showId: string };
export type EntryAnswer = Omit<EntryView, 'clientId'> & { readonly showId: string };

export function holdAnswer(showId: string, view: HoldView): HoldAnswer {
  const { id, customerId, status, seats, areas, total, until } = view;
  return { id, showId, customerId, status, seats, areas, total, until };
}

export function bookingAnswer(showId: string, view: BookingView): BookingAnswer {
  const { id, holdId, customerId, status, seats, areas, total, confirmedAt } = view;
  return { id, showId, holdId, customerId, status, seats, areas, total, confirmedAt };
}

export function entryAnswer(showId: string, view: EntryView): EntryAnswer {
  const { id, customerId, categoryId, quantity, acceptFewer, status, ahead, offer } = view;
  return { id, showId, customerId, categoryId, quantity, acceptFewer, status, ahead, offer };
}

/** The page of a show but for its counts changing under it: `venue` stands where the view has its id. */
export function showAnswer(showId: string, view: ShowView, venue: unknown): Record<string, unknown> {
  const { eventId, status, version, venueId: _venueId, ...rest } = view;
  return { id: showId, eventId, status, version, venue, ...rest };
}
