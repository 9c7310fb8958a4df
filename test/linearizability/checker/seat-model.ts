// One seat: nobody has it, or one hold, or the booking of one hold.
import type { Model, Operation } from './search.ts';

export interface SeatOperation extends Operation {
  readonly label: string;
  readonly does: 'take' | 'confirm' | 'release' | 'cancel' | 'lapse' | 'see';
  readonly holdId: string;
  /** For `see`: what was seen. Of the seat: anybody or nobody has it; of the hold: it has it, as which, or no more. */
  readonly seen?: SeatSeen;
}

export type SeatSeen =
  'free' | 'taken' | 'held-by-anybody' | 'booked-by-anybody' | 'held' | 'not-held' | 'booked' | 'gone';

/** '' free, 'h…' held by, 'b…' booked by. */
export type SeatState = string;

export const seatModel: Model<SeatState, SeatOperation> = {
  initial: '',
  keyOf: (state) => state,
  isObservation: ({ does }) => does === 'see',
  step(state, { does, holdId, seen }) {
    const held = state === `h${holdId}`;
    const booked = state === `b${holdId}`;
    switch (does) {
      case 'take':
        return state === '' ? `h${holdId}` : null;
      case 'confirm':
        return held || booked ? `b${holdId}` : null;
      // Once more is answered as the first time: it is over already.
      case 'release':
        return booked ? null : held ? '' : state;
      case 'cancel':
        return held ? null : booked ? '' : state;
      case 'lapse':
        return held ? '' : null;
      default:
        return agrees(seen!, state, held, booked) ? state : null;
    }
  },
};

function agrees(seen: SeatSeen, state: SeatState, held: boolean, booked: boolean): boolean {
  switch (seen) {
    case 'free':
      return state === '';
    case 'taken':
      return state !== '';
    case 'held-by-anybody':
      return state.startsWith('h');
    case 'booked-by-anybody':
      return state.startsWith('b');
    case 'held':
      return held;
    case 'not-held':
      return !held;
    case 'booked':
      return booked;
    default:
      return !held && !booked;
  }
}

export const describeSeat = (state: SeatState): string =>
  state === '' ? 'free' : `${state[0] === 'h' ? 'held by' : 'booked by'} ${state.slice(1, 9)}`;
