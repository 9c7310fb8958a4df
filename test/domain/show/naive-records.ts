// What a naive show keeps of holds and of those who wait.
import type { Places } from './naive-seats.ts';

export interface NaiveHold extends Places {
  id: string;
  customer: string;
  total: number;
  until: number;
  firstUntil: number;
  status: 'live' | 'confirmed' | 'bookingCancelled' | 'released' | 'expired';
  entry: NaiveEntry | null;
}

export interface NaiveEntry {
  id: string;
  customer: string;
  category: string;
  quantity: number;
  acceptFewer: boolean;
  status: 'waiting' | 'offered' | 'taken' | 'declined' | 'lapsed' | 'left';
  offer: NaiveHold | null;
}

export interface Offer extends Places {
  entryId: string;
  holdId: string;
  passed: readonly string[];
}

/** Empty: accepted. Else the codes of every refusal that would be right. */
export type Refusals = string[];

export const isOpen = ({ status }: NaiveEntry): boolean => status === 'waiting' || status === 'offered';
export const isTaken = ({ status }: NaiveHold): boolean => status === 'live' || status === 'confirmed';
export const sizeOf = ({ seats, areas }: Places): number =>
  areas.reduce((sum, { quantity }) => sum + quantity, seats.length);

/** Why nothing is done with a hold that has ended, or is confirmed. */
export function codeOfEnded({ status }: NaiveHold): string {
  if (status === 'expired') return 'HoldExpired';
  return status === 'released' ? 'HoldReleased' : 'HoldConfirmed';
}
