// Holds every answer against the log at the moment it is given: what is acknowledged is there already, what is refused is not,
// a key has one result, and what is read is not older than the question.
import type { Answer } from '../engine/front-door.ts';
import type { Letter } from '../people/correspondence.ts';
import type { HoldModel } from './hold-model.ts';
import type { EntryModel } from './line-model.ts';
import type { Referee } from './referee.ts';
import type { ShowModel } from './show-model.ts';
import { claim } from './violation.ts';

interface Resource {
  readonly id: string;
  readonly holdId?: string;
  readonly seats?: readonly string[];
  readonly areas?: HoldModel['areas'];
  readonly status?: string;
}

/** What may be asked for, as far as the log must bear it out. */
interface Wanted {
  readonly customerId?: string;
  readonly seats?: readonly string[];
  readonly areas?: HoldModel['areas'];
  readonly bestAvailable?: { readonly categoryId: string; readonly quantity: number };
  readonly categoryId?: string;
  readonly quantity?: number;
  readonly acceptFewer?: boolean;
}

/** Operations whose resource lies in the stream of one show. */
const OF_A_SHOW: ReadonlySet<string> = new Set([
  'holdSeats',
  'releaseHold',
  'confirmHold',
  'cancelBooking',
  'joinWaitlist',
  'leaveWaitlist',
  'moveEntry',
  'removeEntry',
  'pauseSales',
  'resumeSales',
  'cancelShow',
  'blockSeats',
  'unblockSeats',
  'editShow',
]);
const READS: ReadonlySet<string> = new Set(['getHold', 'getEntry']);

export class Verdicts {
  readonly #referee: Referee;
  readonly #logLength: () => number;
  readonly #count: (what: string) => void;

  constructor(referee: Referee, logLength: () => number, count: (what: string) => void) {
    this.#referee = referee;
    this.#logLength = logLength;
    this.#count = count;
  }

  /** To be called as the request arrives; the answer is judged by what it gives. */
  arrived(letter: Letter): (answer: Answer) => void {
    const { id, params } = letter.asking;
    const doneBefore = this.#referee.effectsOf(id).length > 0;
    const show = this.#referee.shows.get(params['showId'] ?? '');
    const revision = show?.revision ?? -1;
    const was = this.#knownBefore(letter, show);
    return (answer) => {
      this.#tally(letter, answer);
      if (READS.has(letter.asking.operation)) this.#read(letter, answer, revision, was);
      else if (answer.status < 400) this.#success(letter, answer);
      else if (answer.status < 500) this.#refusal(letter, answer, doneBefore);
    };
  }

  #knownBefore({ asking }: Letter, show: ShowModel | undefined): boolean {
    const { holdId, entryId } = asking.params;
    const { clientId, caller } = asking.principal;
    const found = holdId ? show?.holds.get(holdId) : show?.line.entries.get(entryId ?? '');
    return found !== undefined && (caller.all || found.clientId === clientId);
  }

  #read({ asking }: Letter, answer: Answer, revision: number, was: boolean): void {
    if (answer.status >= 500) return;
    claim(answer.status === 200 || !was, 2, () => `${asking.id}: what was there is not found`);
    const { revision: seen } = (answer.body ?? {}) as { revision?: number };
    claim(
      seen === undefined || seen >= revision,
      2,
      () => `${asking.id}: reads revision ${seen} after ${revision}`,
    );
    this.#end(asking, answer);
  }

  /** An end that a reader is told of is on record: no process with a slower clock takes it back. */
  #end({ id, params }: Letter['asking'], answer: Answer): void {
    const thing = resourceIn(answer);
    const show = this.#referee.shows.get(params['showId'] ?? '');
    if (thing === undefined || show === undefined) return;
    const live = show.holds.get(thing.id)?.state === 'live';
    const offered = show.line.entries.get(thing.id)?.state === 'offered';
    claim(!(thing.status === 'expired' && live), 6, () => `${id}: is told to be expired, and is live`);
    claim(!(thing.status === 'lapsed' && offered), 6, () => `${id}: is told to be lapsed, and is offered`);
    if (thing.status === 'expired' || thing.status === 'lapsed') this.#count('rare end read');
  }

  #success(letter: Letter, answer: Answer): void {
    const { asking, keyed, reuses } = letter;
    claim(!reuses, 8, () => `${asking.id}: the key of another body was accepted`);
    const { revision, position } = answer.body as { revision: number; position: string };
    const known = Number(position) <= this.#logLength();
    claim(known, 2, () => `${asking.id}: acknowledged at ${position}; the log has ${this.#logLength()}`);
    if (keyed) this.#effect(letter, answer);
    if (!OF_A_SHOW.has(asking.operation)) return;
    const show = this.#referee.shows.get(asking.params['showId']!);
    const there = show !== undefined && show.revision >= revision;
    claim(
      there,
      2,
      () => `${asking.id}: acknowledged at revision ${revision}; the log has ${show?.revision}`,
    );
    this.#result(letter, answer, show);
  }

  /** With a key a command leaves something in the log, once, and before its answer. */
  #effect({ asking, answer: first }: Letter, answer: Answer): void {
    const effects = this.#referee.effectsOf(asking.id);
    const ids = new Set(effects.map(({ commandId }) => commandId));
    claim(ids.size > 0, 2, () => `${asking.id}: acknowledged, and nothing of it is in the log`);
    claim(ids.size === 1, 8, () => `${asking.id}: one key, ${ids.size} commands`);
    const { revision } = answer.body as { revision: number };
    const replayed = answer.headers['idempotent-replayed'] !== undefined;
    if (OF_A_SHOW.has(asking.operation) && !replayed) {
      const { last } = effects[0]!;
      claim(
        last === revision,
        2,
        () => `${asking.id}: acknowledged at revision ${revision}, written at ${last}`,
      );
    }
    const [before, now] = [resourceIn(first), resourceIn(answer)];
    if (before && now)
      claim(before.id === now.id, 8, () => `${asking.id}: was ${before.id} and is ${now.id}`);
  }

  #result({ asking }: Letter, answer: Answer, show: ShowModel): void {
    const thing = resourceIn(answer);
    if (!thing) return;
    const wanted = (asking.body ?? {}) as Wanted;
    const hold = show.holds.get(thing.holdId ?? thing.id);
    const otherwise = () => `${asking.id}: the log does not bear out ${JSON.stringify(thing)}`;
    switch (asking.operation) {
      case 'holdSeats':
        claim(hold !== undefined && isEqual(hold.seats, thing.seats), 2, otherwise);
        claim(isEqual(hold.areas, thing.areas), 2, otherwise);
        return claim(isWhatWasWanted(wanted, hold, show), 1, otherwise);
      case 'releaseHold':
        return claim(hold?.state === 'released' || hold?.state === 'cancelled', 2, otherwise);
      case 'confirmHold':
        return claim(hold?.bookingId === thing.id, 2, otherwise);
      case 'cancelBooking':
        return claim(show.bookings.get(thing.id)?.state === 'cancelled', 2, otherwise);
      case 'joinWaitlist':
        return claim(isTheEntryWanted(wanted, show.line.entries.get(thing.id)), 2, otherwise);
      case 'leaveWaitlist':
        return claim(show.line.entries.get(thing.id)?.state === 'over', 2, otherwise);
      default:
    }
  }

  #refusal({ asking, keyed, reuses }: Letter, answer: Answer, doneBefore: boolean): void {
    const { code } = answer.body as { code: string };
    if (reuses) {
      claim(code === 'IdempotencyKeyReused', 8, () => `${asking.id}: a key used for another body: ${code}`);
      return;
    }
    claim(code !== 'IdempotencyKeyReused', 8, () => `${asking.id}: its own key is said to be another's`);
    const sound = !keyed || !doneBefore || !OF_A_SHOW.has(asking.operation);
    claim(sound, 8, () => `${asking.id}: was done, and is refused when sent again: ${code}`);
  }

  #tally({ asking, reuses }: Letter, answer: Answer): void {
    const { code } = (answer.body ?? {}) as { code?: string };
    const how = answer.status < 400 ? 'accepted' : answer.status < 500 ? 'refused' : 'failed';
    if (!reuses) this.#count(`${how} ${asking.operation}`);
    if (how === 'refused') this.#count(`code ${code}`);
    if (answer.headers['idempotent-replayed'] !== undefined) this.#count('rare answer replayed');
  }
}

function resourceIn(answer: Answer | null): Resource | undefined {
  const { hold, booking, entry } = (answer?.body ?? {}) as Record<string, Resource | undefined>;
  return hold ?? booking ?? entry;
}

const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** All of what was asked for, and nothing else. */
function isWhatWasWanted(wanted: Wanted, hold: HoldModel, { hall }: ShowModel): boolean {
  if (wanted.customerId !== hold.customerId) return false;
  const best = wanted.bestAvailable;
  if (best === undefined)
    return isEqual(hold.seats, wanted.seats ?? []) && isEqual(hold.areas, wanted.areas ?? []);
  const places = hold.areas.reduce((sum, { quantity }) => sum + quantity, hold.seats.length);
  const categories = [
    ...hold.seats.map((seat) => hall.seats.get(seat)),
    ...hold.areas.map(({ areaId }) => hall.areas.find(({ id }) => id === areaId)?.categoryId),
  ];
  return places === best.quantity && categories.every((category) => category === best.categoryId);
}

const isTheEntryWanted = (wanted: Wanted, entry: EntryModel | undefined): boolean =>
  entry !== undefined &&
  wanted.customerId === entry.customerId &&
  wanted.categoryId === entry.categoryId &&
  wanted.quantity === entry.quantity &&
  (wanted.acceptFewer ?? false) === entry.acceptFewer;
