// What a campaign must have reached to prove anything: every fault, every command taken and refused, every refusal, and each
// rare path. Invariants that hold where nothing happened are no news.
import type { RejectionCode } from '../../src/domain/rejection.ts';
import { FAULTS } from './kernel/faults.ts';

/** Commands after which everything below must have happened so often; of fewer, in proportion. */
const COMMANDS_ENOUGH = 300_000;
/** A campaign below it is too short to be asked. */
const COMMANDS_LEAST = 60_000;
const OFTEN = 100;
const SOMETIMES = 20;

/** Refusals of the domain that a season of this kind never meets: they belong to drawing plans, which test/domain covers. */
const OUT_OF_REACH: ReadonlySet<RejectionCode> = new Set(['DuplicateSeatId']);
const CODES: readonly RejectionCode[] = (
  [
    'SeatsUnavailable ReservedForWaitlist UnknownSeat UnknownArea UnknownCategory TicketLimitExceeded SalesNotOpen SalesClosed',
    'SalesPaused ShowCancelled EventCancelled SeatsAvailable AlreadyWaiting HoldExpired HoldReleased HoldConfirmed',
    'BookingCancelled CapacityBelowTaken HoldNotFound BookingNotFound EntryNotFound ShowNotFound EventNotFound VenueNotFound',
    'SeatingPlanNotFound PreconditionFailed IdempotencyKeyReused InvalidRequest',
  ]
    .join(' ')
    .split(' ') as RejectionCode[]
).filter((code) => !OUT_OF_REACH.has(code));

const OPERATIONS =
  'holdSeats confirmHold releaseHold cancelBooking joinWaitlist leaveWaitlist moveEntry removeEntry pauseSales resumeSales blockSeats unblockSeats editShow publishEvent scheduleShow getHold getEntry'.split(
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
  'commit undone by a crash',
  'Overloaded',
  'DeadlineExceeded',
  'answer replayed',
  'offer lapsed and passed on',
  'entry passed on the record',
];

/** What was to be counted, with how often at least. */
function wanted(): [what: string, least: number][] {
  return [
    ...FAULTS.map((fault): [string, number] => [`fault ${fault}`, OFTEN]),
    ...OPERATIONS.flatMap((operation): [string, number][] => [
      [`accepted ${operation}`, SOMETIMES],
      [`refused ${operation}`, SOMETIMES],
    ]),
    ...ACCEPTED_ONLY.map((what): [string, number] => [what, SOMETIMES]),
    ...CODES.map((code): [string, number] => [`code ${code}`, SOMETIMES]),
    ...RARE.map((what): [string, number] => [`rare ${what}`, SOMETIMES]),
  ];
}

/** What did not happen, or too seldom; empty: all did. Says nothing of campaigns that were too short. */
export function missed(counts: ReadonlyMap<string, number>, commands: number): string[] {
  if (commands < COMMANDS_LEAST) return [];
  const part = Math.min(1, commands / COMMANDS_ENOUGH);
  return wanted().flatMap(([what, often]) => {
    const least = Math.ceil(often * part);
    const times = counts.get(what) ?? 0;
    return times >= least ? [] : [`${what}: ${times} times, not ${least}`];
  });
}
