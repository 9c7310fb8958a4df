// The commands of a show as the decider takes them: validated in shape, with every id and the caller in them.
import type { Money } from '../decider.ts';
import type { SeatingPlan } from '../seating-plan/plan.ts';
import type { AreaQuantity, Places, Prices, ShowRules } from './events.ts';

/** Of imports: what is free after the change is blocked in the same decision, for this reason, before anybody has it. */
export interface SoldOut {
  readonly soldOutReason?: string;
}

/** Who asks: a client sees its own holds, bookings and entries; organisers (`all`) see everybody's. */
export interface Caller {
  readonly clientId: string;
  readonly all: boolean;
}

export interface BestAvailable {
  readonly categoryId: string;
  readonly quantity: number;
  readonly together: boolean;
}

export type ShowCommand =
  | ({
      readonly kind: 'ScheduleShow';
      readonly eventId: string;
      readonly plan: SeatingPlan;
      readonly startsAt: string;
      readonly endsAt: string | null;
      readonly timeZone: string;
      readonly salesOpenAt: string | null;
      readonly salesCloseAt: string | null;
      readonly prices: Prices;
      readonly published: boolean;
    } & ShowRules &
      SoldOut)
  | { readonly kind: 'PublishShow' }
  | ({
      readonly kind: 'EditShow';
      readonly startsAt?: string;
      readonly endsAt?: string | null;
      readonly salesOpenAt?: string | null;
      readonly salesCloseAt?: string | null;
      readonly prices?: Readonly<Record<string, Money>>;
      readonly areas?: readonly { readonly id: string; readonly capacity: number }[];
      readonly reason: string | null;
      /** The version the editor saw; another one now is PreconditionFailed. */
      readonly ifVersion?: number;
    } & Partial<ShowRules> &
      SoldOut)
  /** Another seating plan (of an import), with the prices of its new categories. */
  | ({
      readonly kind: 'ChangeSeating';
      readonly plan: SeatingPlan;
      readonly prices: Prices;
      readonly reason: string;
    } & SoldOut)
  | { readonly kind: 'PauseSales'; readonly reason: string }
  | { readonly kind: 'ResumeSales'; readonly reason: string }
  | { readonly kind: 'CancelShow'; readonly reason: string }
  | ({ readonly kind: 'BlockSeats'; readonly reason: string } & Places)
  | ({ readonly kind: 'UnblockSeats'; readonly reason: string } & Places)
  /** Blocks whatever is free now (a feed's `sold_out`). */
  | { readonly kind: 'BlockAllFree'; readonly reason: string }
  | {
      readonly kind: 'HoldSeats';
      readonly holdId: string;
      readonly clientId: string;
      readonly customerId: string;
      /** Either named places or best available. */
      readonly seats: readonly string[];
      readonly areas: readonly AreaQuantity[];
      readonly bestAvailable?: BestAvailable;
    }
  /** Checkout only, once, while a payment is in flight (no route asks for it yet). */
  | { readonly kind: 'ExtendHold'; readonly holdId: string; readonly until: string }
  | { readonly kind: 'ReleaseHold'; readonly holdId: string; readonly caller: Caller }
  | {
      readonly kind: 'ConfirmHold';
      readonly holdId: string;
      readonly bookingId: string;
      readonly paymentReference: string | null;
      readonly caller: Caller;
    }
  | {
      readonly kind: 'CancelBooking';
      readonly bookingId: string;
      readonly reason: string;
      readonly caller: Caller;
    }
  | {
      readonly kind: 'JoinWaitlist';
      readonly entryId: string;
      readonly offerHoldId: string;
      readonly clientId: string;
      readonly customerId: string;
      readonly categoryId: string;
      readonly quantity: number;
      readonly acceptFewer: boolean;
    }
  | { readonly kind: 'LeaveWaitlist'; readonly entryId: string; readonly caller: Caller }
  | { readonly kind: 'MoveEntry'; readonly entryId: string; readonly ahead: number; readonly reason: string }
  | { readonly kind: 'RemoveEntry'; readonly entryId: string; readonly reason: string }
  /** What time has made due: lapses, then offers to the line. */
  | { readonly kind: 'ExpireDue' };
