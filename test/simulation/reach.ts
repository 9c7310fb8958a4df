// What a campaign must have reached to prove anything: every fault, every command taken and refused, every refusal, and each
// rare path. Invariants that hold where nothing happened are no news.
import type { RejectionCode } from '../../src/domain/rejection.ts';
import { FAULTS, FEED_FAULTS } from './kernel/faults.ts';

/** In 300,000 commands, or in 100,000 events that are carried; of fewer, in proportion. */
const OFTEN = 100;
const SOMETIMES = 20;

const CODES: readonly RejectionCode[] = [
  'SeatsUnavailable ReservedForWaitlist UnknownSeat UnknownArea UnknownCategory TicketLimitExceeded SalesNotOpen SalesClosed',
  'SalesPaused ShowCancelled EventCancelled SeatsAvailable AlreadyWaiting HoldExpired HoldReleased HoldConfirmed',
  'BookingCancelled CapacityBelowTaken HoldNotFound BookingNotFound EntryNotFound ShowNotFound EventNotFound VenueNotFound',
  'SeatingPlanNotFound PreconditionFailed IdempotencyKeyReused InvalidRequest DuplicateSeatId',
]
  .join(' ')
  .split(' ') as RejectionCode[];

const OPERATIONS =
  'holdSeats confirmHold releaseHold cancelBooking joinWaitlist leaveWaitlist moveEntry removeEntry pauseSales resumeSales blockSeats unblockSeats editShow editEvent editVenue publishEvent scheduleShow getHold getEntry'.split(
    ' ',
  );
/** A show or an event that exists is always cancelled when asked, or is so already; extending has no route. */
const ACCEPTED_ONLY = [
  'accepted cancelShow',
  'accepted cancelEvent',
  'command ExtendHold accepted',
  'command ExpireDue accepted',
];

const RARE = [
  'conflict',
  'writer changed',
  'unknown resolved',
  'unknown unresolved',
  'snapshot used',
  'snapshot ignored',
  'stream parked',
  'parked stream taken back',
  'checkpoint race lost',
  'Overloaded',
  'DeadlineExceeded',
  'answer replayed',
  'end read',
  'offer lapsed and passed on',
  'entry passed on the record',
];

type Wanted = readonly (readonly [what: string, least: number])[];

const IN_BOOKING: Wanted = [
  ...FAULTS.map((fault) => [`fault ${fault}`, OFTEN] as const),
  ...OPERATIONS.flatMap((operation) => [
    [`accepted ${operation}`, SOMETIMES] as const,
    [`refused ${operation}`, SOMETIMES] as const,
  ]),
  // Drawn for good before the run, as events and venues are made, which nothing refuses.
  ['refused drawSeatingPlan', SOMETIMES],
  ...ACCEPTED_ONLY.map((what) => [what, SOMETIMES] as const),
  ...CODES.map((code) => [`code ${code}`, SOMETIMES] as const),
  ...RARE.map((what) => [`rare ${what}`, SOMETIMES] as const),
  // A crash of the store undoes something only in the moments after a commit, in the third of the seeds that have views.
  ['rare commit undone by a crash', 5],
];

/** Of 100,000 events that are carried to feed, views and index. */
const IN_FEED: Wanted = [
  ...FEED_FAULTS.map((fault) => [`fault ${fault}`, OFTEN] as const),
  ['rare lease taken over', 100],
  ['rare zombie refused', 5],
  ['rare member lost', 50],
  ['rare partitions divided anew', 200],
  ['rare partition race lost', 50],
  ['rare record written twice', 200],
  ['rare records came again', 50],
  ['rare stream parked', 20],
  ['rare parked stream taken back', 20],
  ['rare older document refused', 5],
  ['rare commit undone by a crash', 10],
];

/** What did not happen, or too seldom; empty: all did. Says nothing of campaigns that were too short. */
export const missedInBooking = (counts: ReadonlyMap<string, number>, commands: number): string[] =>
  missed(IN_BOOKING, counts, commands, { least: 60_000, enough: 300_000 });

export const missedInFeed = (counts: ReadonlyMap<string, number>, events: number): string[] =>
  missed(IN_FEED, counts, events, { least: 20_000, enough: 100_000 });

/** Of a campaign below `least` nothing is asked, of one below `enough` in proportion. */
function missed(
  wanted: Wanted,
  counts: ReadonlyMap<string, number>,
  done: number,
  { least, enough }: { least: number; enough: number },
): string[] {
  if (done < least) return [];
  const part = Math.min(1, done / enough);
  return wanted.flatMap(([what, often]) => {
    const due = Math.max(1, Math.floor(often * part));
    const times = counts.get(what) ?? 0;
    return times >= due ? [] : [`${what}: ${times} times, not ${due}`];
  });
}
