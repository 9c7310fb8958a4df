// The line for one unnumbered area, first come first served: places, who has them, who waits in which order. Whatever comes
// free is offered in the same moment, and while somebody waits nothing is on public sale.
import type { Model, Operation } from './search.ts';

export interface LineOperation extends Operation {
  readonly label: string;
  readonly does: 'take' | 'confirm' | 'release' | 'cancel' | 'lapse' | 'join' | 'leave' | 'see';
  /** Whose: a hold's id, or `e:<entryId>` for an entry and its offer. */
  readonly who: string;
  /** Places asked for, of `take`, `join` and what they are refused. */
  readonly quantity?: number;
  readonly seen?: LineSeen;
}

export type LineSeen =
  | { readonly is: 'waiting'; readonly ahead: number }
  | { readonly is: 'offered' | 'over' }
  /** A hold or joining was refused. */
  | { readonly is: 'unavailable' | 'reserved' | 'available' };

interface Share {
  readonly quantity: number;
  readonly booked: boolean;
}

export interface LineState {
  readonly free: number;
  readonly shares: ReadonlyMap<string, Share>;
  readonly waiting: readonly (readonly [who: string, quantity: number])[];
}

/** @param places capacity of the area. */
export function lineModel(places: number): Model<LineState, LineOperation> {
  return {
    initial: { free: places, shares: new Map(), waiting: [] },
    keyOf({ free, shares, waiting }) {
      const had = [...shares].map(([who, { quantity, booked }]) => `${who}=${quantity}${booked}`).sort();
      return `${free}|${had.join()}|${waiting.join()}`;
    },
    isObservation: ({ does }) => does === 'see',
    step(state, operation) {
      const { does, who, quantity = 0 } = operation;
      const share = state.shares.get(who);
      switch (does) {
        case 'take':
          return canBeHad(state, quantity) ? given(state, who, quantity) : null;
        case 'confirm':
          return share === undefined ? null : withShare(state, who, { ...share, booked: true });
        // Once more is answered as the first time: it is over already.
        case 'release':
        case 'cancel':
          if (share === undefined) return state;
          return share.booked === (does === 'cancel') ? served(freed(state, who, share)) : null;
        case 'lapse':
          return share === undefined || share.booked ? null : served(freed(state, who, share));
        case 'join':
          return canBeHad(state, quantity) ? null : answered(joined(state, who, quantity), operation);
        case 'leave':
          return left(state, who, share);
        default:
          return agrees(state, operation) ? state : null;
      }
    },
  };
}

const canBeHad = ({ free, waiting }: LineState, quantity: number): boolean =>
  waiting.length === 0 && free >= quantity;

const joined = (state: LineState, who: string, quantity: number): LineState =>
  served({ ...state, waiting: [...state.waiting, [who, quantity]] });

/** The answer to joining says how it stood right after it. */
const answered = (state: LineState, operation: LineOperation): LineState | null =>
  operation.seen === undefined || agrees(state, operation) ? state : null;

function left(state: LineState, who: string, share: Share | undefined): LineState {
  if (share !== undefined) return share.booked ? state : served(freed(state, who, share));
  return served({ ...state, waiting: state.waiting.filter(([one]) => one !== who) });
}

function served(state: LineState): LineState {
  let next = state;
  for (let head = next.waiting[0]; head !== undefined && head[1] <= next.free; head = next.waiting[0])
    next = { ...given(next, head[0], head[1]), waiting: next.waiting.slice(1) };
  return next;
}

const given = (state: LineState, who: string, quantity: number): LineState => ({
  ...withShare(state, who, { quantity, booked: false }),
  free: state.free - quantity,
});

const withShare = (state: LineState, who: string, share: Share): LineState => ({
  ...state,
  shares: new Map(state.shares).set(who, share),
});

function freed(state: LineState, who: string, { quantity }: Share): LineState {
  const shares = new Map(state.shares);
  shares.delete(who);
  return { ...state, shares, free: state.free + quantity };
}

function agrees(state: LineState, { who, quantity = 0, seen }: LineOperation): boolean {
  const place = state.waiting.findIndex(([one]) => one === who);
  const offered = state.shares.get(who)?.booked === false;
  if (seen === undefined) return true;
  switch (seen.is) {
    case 'waiting':
      return place === seen.ahead;
    case 'offered':
      return offered;
    case 'over':
      return place < 0 && !offered;
    case 'unavailable':
      return state.free < quantity;
    case 'reserved':
      return state.free >= quantity && state.waiting.length > 0;
    default:
      return canBeHad(state, quantity);
  }
}

export function describeLine({ free, shares, waiting }: LineState): string {
  const short = (who: string): string => who.slice(0, 10);
  const had = [...shares].map(([who, s]) => `${short(who)} ${s.booked ? 'has' : 'holds'} ${s.quantity}`);
  const line = waiting.map(([who, quantity]) => `${short(who)} for ${quantity}`);
  return `${free} free; ${had.join(', ') || 'nobody has any'}; waiting: ${line.join(', ') || 'nobody'}`;
}
