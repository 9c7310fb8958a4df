// A shop as plain as can be, one thing at a time: what it answers is right by construction. It shares no code with the
// models that judge it.
import type { Answer, Done, EntrySeen, Held, HoldStatus, LogOrder, ShowOnSale, Wish } from '../history.ts';

interface HeldHere {
  readonly id: string;
  readonly seats: readonly string[];
  readonly places: number;
  readonly untilMs: number;
  status: HoldStatus;
  bookingId: string | null;
  cancelled: boolean;
}

interface EntryHere {
  readonly id: string;
  readonly quantity: number;
  status: EntrySeen['status'];
}

export class PlainShop {
  readonly #show: ShowOnSale;
  readonly #holdTtlMs: number;
  readonly #holds = new Map<string, HeldHere>();
  readonly #entries: EntryHere[] = [];
  readonly #done = new Map<number, () => Done>();
  readonly #order = { done: {} as Record<number, number>, lapsed: {} as Record<number, number> };
  #revision = 0;
  #nowMs = 0;

  constructor(show: ShowOnSale, holdTtlMs: number) {
    this.#show = show;
    this.#holdTtlMs = holdTtlMs;
  }

  /** What happened when: its log, as it were. */
  get order(): LogOrder {
    return this.#order;
  }

  /** Does a wish at `nowMs`; the same number again is answered as it stands by then. */
  do(wish: number, asked: Wish, nowMs: number): Answer {
    this.#nowMs = nowMs;
    this.#lapse();
    const before = this.#done.get(wish);
    if (before && asked.does !== 'release' && asked.does !== 'leave')
      return { kind: 'done', ...before(), replayed: true, revision: this.#revision };
    const now = this.#act(`${wish}`.padEnd(8, '_'), asked);
    if (typeof now !== 'function') return now;
    this.#revision += 1;
    this.#done.set(wish, now);
    this.#order.done[wish] ??= this.#revision;
    return { kind: 'done', ...now(), revision: this.#revision };
  }

  #lapse(): void {
    for (const hold of this.#holds.values()) {
      if (hold.status !== 'live' || this.#nowMs < hold.untilMs) continue;
      hold.status = 'expired';
      this.#revision += 1;
      this.#order.lapsed[wishBehind(hold.id)] = this.#revision;
      const entry = this.#entries.find(({ id }) => offerOf(id) === hold.id);
      if (entry) entry.status = 'lapsed';
    }
    this.#serve();
  }

  #act(id: string, asked: Wish): Answer | (() => Done) {
    switch (asked.does) {
      case 'hold':
        return this.#hold(id, asked.seats);
      case 'hold-best': {
        const seats = this.#show.seats.filter((seat) => this.#ownerOf(seat) === undefined);
        if (seats.length < asked.quantity) return { kind: 'refused', code: 'SeatsUnavailable', seats: [] };
        return this.#hold(id, seats.slice(0, asked.quantity));
      }
      case 'hold-places':
        return this.#holdPlaces(id, asked.quantity);
      case 'join':
        return this.#join(id, asked.quantity);
      case 'leave':
        return this.#leave(asked.entryId);
      case 'read-entry':
        return this.#entrySeen(asked.entryId);
      case 'read-map':
        return { kind: 'done', map: this.#show.seats.map((seat) => this.#onMap(seat)) };
      default:
        return this.#ofHold(id, asked.does, asked.held);
    }
  }

  #ownerOf(seat: string): HeldHere | undefined {
    return [...this.#holds.values()].find((hold) => isOn(hold) && hold.seats.includes(seat));
  }

  #onMap(seat: string): number {
    const owner = this.#ownerOf(seat);
    return owner === undefined ? 0 : owner.status === 'live' ? 1 : 2;
  }

  #hold(id: string, seats: readonly string[]): Answer | (() => Done) {
    const lost = seats.filter((seat) => this.#ownerOf(seat) !== undefined);
    if (lost.length > 0) return { kind: 'refused', code: 'SeatsUnavailable', seats: lost };
    return this.#made(id, seats, 0);
  }

  #made(id: string, seats: readonly string[], places: number): () => Done {
    const untilMs = this.#nowMs + this.#holdTtlMs;
    const hold: HeldHere = { id, seats, places, untilMs, status: 'live', bookingId: null, cancelled: false };
    this.#holds.set(id, hold);
    return () => holdSeen(hold);
  }

  get #freePlaces(): number {
    const taken = [...this.#holds.values()].filter(isOn).reduce((sum, { places }) => sum + places, 0);
    return this.#show.places - taken;
  }

  get #waiting(): EntryHere[] {
    return this.#entries.filter(({ status }) => status === 'waiting');
  }

  #holdPlaces(id: string, quantity: number): Answer | (() => Done) {
    if (this.#freePlaces < quantity) return { kind: 'refused', code: 'SeatsUnavailable', seats: [] };
    if (this.#waiting.length > 0) return { kind: 'refused', code: 'ReservedForWaitlist', seats: [] };
    return this.#made(id, [], quantity);
  }

  #join(id: string, quantity: number): Answer | (() => Done) {
    if (this.#freePlaces >= quantity && this.#waiting.length === 0)
      return { kind: 'refused', code: 'SeatsAvailable' };
    this.#entries.push({ id, quantity, status: 'waiting' });
    this.#serve();
    return () => this.#entryDone(id);
  }

  #leave(entryId: string): () => Done {
    const entry = this.#entry(entryId);
    const offer = this.#holds.get(offerOf(entryId));
    if (entry.status === 'waiting') entry.status = 'left';
    else if (entry.status === 'offered') [entry.status, offer!.status] = ['declined', 'released'];
    this.#serve();
    return () => this.#entryDone(entryId);
  }

  #serve(): void {
    for (const entry of this.#waiting) {
      if (entry.quantity > this.#freePlaces) return;
      this.#made(offerOf(entry.id), [], entry.quantity);
      entry.status = 'offered';
    }
  }

  #entry(id: string): EntryHere {
    return this.#entries.find((entry) => entry.id === id)!;
  }

  #entryDone(id: string): Done {
    const { status } = this.#entry(id);
    const ahead = status === 'waiting' ? this.#waiting.findIndex((entry) => entry.id === id) : 0;
    const offer = status === 'offered' ? offerSeen(this.#holds.get(offerOf(id))!) : null;
    return { entry: { id, status, ahead, offer } };
  }

  #entrySeen(id: string): Answer {
    return { kind: 'done', ...this.#entryDone(id) };
  }

  #ofHold(
    id: string,
    does: 'release' | 'confirm' | 'cancel' | 'read-hold' | 'read-booking',
    { holdId, entryId }: Held,
  ): Answer | (() => Done) {
    const hold = this.#holds.get(holdId)!;
    const entry = entryId === undefined ? undefined : this.#entry(entryId);
    if (does === 'read-hold') return { kind: 'done', ...holdSeen(hold) };
    if (does === 'read-booking') return { kind: 'done', ...bookingSeen(hold) };
    if (does === 'release') {
      if (hold.status === 'confirmed') return { kind: 'refused', code: 'HoldConfirmed' };
      if (hold.status === 'expired') return { kind: 'refused', code: 'HoldExpired' };
      if (entry && hold.status === 'live') entry.status = 'declined';
      hold.status = 'released';
      this.#serve();
      return () => holdSeen(hold);
    }
    if (does === 'cancel') {
      hold.cancelled = true;
      this.#serve();
      return () => bookingSeen(hold);
    }
    if (hold.status === 'released') return { kind: 'refused', code: 'HoldReleased' };
    if (hold.status === 'expired') return { kind: 'refused', code: 'HoldExpired' };
    if (hold.cancelled) return { kind: 'refused', code: 'BookingCancelled' };
    hold.status = 'confirmed';
    hold.bookingId ??= id;
    if (entry) entry.status = 'taken';
    return () => bookingSeen(hold);
  }
}

/** Ids begin with the number of the wish that they came of. */
const wishBehind = (id: string): number => Number.parseInt(id.replace('offer-', ''), 10);
const offerOf = (entryId: string): string => `offer-${entryId}`;
const isOn = ({ status, cancelled }: HeldHere): boolean =>
  status === 'live' || (status === 'confirmed' && !cancelled);
const iso = (ms: number): string => new Date(ms).toISOString();
const holdSeen = ({ id, status, seats, untilMs }: HeldHere): Done => ({
  hold: { id, status, seats, until: iso(untilMs) },
});
const offerSeen = ({ id, untilMs }: HeldHere) => ({ holdId: id, until: iso(untilMs) });
const bookingSeen = ({ bookingId, cancelled }: HeldHere): Done => ({
  booking: { id: bookingId!, status: cancelled ? 'cancelled' : 'confirmed' },
});
