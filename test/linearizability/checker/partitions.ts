// Cuts a history into parts that can be judged each by itself: every seat, every hold, and the line of every show. A whole
// is linearizable only if all its parts are; that holds of several seats are all or nothing is asked of the log.
import type { Attempt, History, ShowOnSale } from '../history.ts';
import { byWish, doingsOf, type Effect, type Sight } from './effects.ts';
import { holdParts } from './hold-parts.ts';
import type { HoldOperation } from './hold-model.ts';
import { linePart } from './line-parts.ts';
import type { LineOperation } from './line-model.ts';
import { seatParts } from './seat-parts.ts';
import type { SeatOperation } from './seat-model.ts';

export type Part = {
  /** `seat A-3 of show 1a2b…` */
  readonly name: string;
} & (
  | { readonly kind: 'seat'; readonly operations: readonly SeatOperation[] }
  | { readonly kind: 'hold'; readonly operations: readonly HoldOperation[] }
  | { readonly kind: 'line'; readonly places: number; readonly operations: readonly LineOperation[] }
);

/** All that was done and seen in one show. */
export interface ShowDoings {
  readonly show: ShowOnSale;
  readonly effects: readonly Effect[];
  readonly sights: readonly Sight[];
}

export function partsOf(history: History): Part[] {
  const ofShow = Map.groupBy(history.attempts, ({ showId }) => showId);
  return history.shows.flatMap((show) => {
    const doings = showDoings(show, ofShow.get(show.id) ?? []);
    const name = `show ${show.id.slice(0, 8)}`;
    const parts: Part[] = [
      ...seatParts(history, doings).map(([seat, operations]) => ({
        kind: 'seat' as const,
        name: `seat ${seat} of ${name}`,
        operations,
      })),
      ...holdParts(history, doings).map(([hold, operations]) => ({
        kind: 'hold' as const,
        name: `hold ${hold} of ${name}`,
        operations,
      })),
    ];
    if (show.places > 0)
      parts.push({
        kind: 'line',
        name: `line of ${name}`,
        places: show.places,
        operations: linePart(history, doings),
      });
    return parts;
  });
}

function showDoings(show: ShowOnSale, attempts: readonly Attempt[]): ShowDoings {
  const all = byWish(attempts).map(doingsOf);
  return {
    show,
    effects: all.flatMap(({ effects }) => effects),
    sights: all.flatMap(({ sights }) => sights),
  };
}
