// A second opinion on each show: who has which place, judged event by event as the log takes them in, by simple rules of its
// own that share nothing with the engine's state.
import { toMs } from '../../../src/domain/decider.ts';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import type { ShowEvent, ShowRules } from '../../../src/domain/show/events.ts';
import type { Hall } from '../people/hall.ts';
import type { AreaModel, HoldModel } from './hold-model.ts';
import { LineModel } from './line-model.ts';
import { claim } from './violation.ts';

const EXTENSION_MAX_MS = 5 * 60_000;

type DataOf<T extends ShowEvent['type']> = Extract<ShowEvent, { type: T }>['data'];

export class ShowModel {
  readonly name: string;
  readonly hall: Hall;
  readonly holds = new Map<string, HoldModel>();
  readonly bookings = new Map<string, HoldModel>();
  readonly line: LineModel;
  /** Seat -> hold, or `blocked`. */
  readonly taken = new Map<string, string>();
  readonly areas: ReadonlyMap<string, AreaModel>;
  readonly tickets = new Map<string, number>();
  readonly #live = new Set<HoldModel>();
  rules!: ShowRules;
  eventId = '';
  published = false;
  publishedAtMs = Infinity;
  paused = false;
  cancelled = false;
  startsAtMs = 0;
  salesOpenAtMs: number | null = null;
  salesCloseAtMs: number | null = null;
  revision = -1;
  lastAtMs = 0;

  constructor(name: string, hall: Hall) {
    this.name = name;
    this.hall = hall;
    this.line = new LineModel(this);
    this.areas = new Map(
      hall.areas.map(({ id, categoryId, capacity }) => [id, { categoryId, capacity, taken: 0, blocked: 0 }]),
    );
  }

  get live(): HoldModel[] {
    return [...this.#live];
  }

  /** Judges one event and takes it in. */
  judge({ type, data, metadata, revision }: RecordedEvent): void {
    const atMs = toMs(metadata.at);
    claim(
      atMs >= this.lastAtMs,
      4,
      () => `${this.name} ${revision} ${type}: time runs backwards, to ${metadata.at}`,
    );
    this.revision = revision;
    this.lastAtMs = atMs;
    const rule = this.#rules[type as ShowEvent['type']] as (data: unknown, atMs: number) => void;
    rule(data, atMs);
  }

  onSale(atMs: number): boolean {
    const opensAtMs = this.salesOpenAtMs ?? this.publishedAtMs;
    const closesAtMs = this.salesCloseAtMs ?? this.startsAtMs;
    return this.published && !this.paused && !this.cancelled && atMs >= opensAtMs && atMs < closesAtMs;
  }

  free(categoryId: string): number {
    let free = 0;
    for (const [seat, category] of this.hall.seats)
      if (category === categoryId && !this.taken.has(seat)) free += 1;
    for (const area of this.areas.values())
      if (area.categoryId === categoryId) free += area.capacity - area.taken - area.blocked;
    return free;
  }

  capacity(categoryId: string): number {
    let capacity = 0;
    for (const category of this.hall.seats.values()) if (category === categoryId) capacity += 1;
    for (const area of this.areas.values()) if (area.categoryId === categoryId) capacity += area.capacity;
    return capacity;
  }

  ticketsOf(customerId: string): number {
    return this.tickets.get(customerId) ?? 0;
  }

  readonly #rules: { readonly [T in ShowEvent['type']]: (data: DataOf<T>, atMs: number) => void } = {
    AlreadySo: () => {},
    ShowScheduled: (data) => {
      this.rules = data;
      this.eventId = data.eventId;
      this.published = data.published;
      if (data.published) this.publishedAtMs = this.lastAtMs;
      this.#reschedule(data);
    },
    ShowPublished: (_data, atMs) => {
      this.published = true;
      this.publishedAtMs = atMs;
    },
    ShowRescheduled: (data) => this.#reschedule(data),
    ShowRulesChanged: ({ reason: _reason, ...rules }) => void (this.rules = { ...this.rules, ...rules }),
    PriceChanged: () => {},
    SalesPaused: () => void (this.paused = true),
    SalesResumed: () => void (this.paused = false),
    ShowCancelled: () => this.#cancel(),
    CapacityChanged: ({ areas }) => {
      for (const { areaId, capacity } of areas) {
        const area = this.areas.get(areaId)!;
        area.capacity = capacity;
        // Blocked places are nobody's: less room takes them first.
        area.blocked = Math.max(0, Math.min(area.blocked, capacity - area.taken));
      }
      this.#areasHold();
    },
    SeatsBlocked: ({ seats, areas }) => this.#take(seats, areas, 'blocked'),
    SeatsUnblocked: ({ seats, areas }) => {
      for (const seat of seats) this.#give(seat, 'blocked');
      for (const { areaId, quantity } of areas) this.areas.get(areaId)!.blocked -= quantity;
      this.#areasHold();
    },
    SeatsHeld: (data, atMs) => {
      claim(this.onSale(atMs), 6, () => `${this.name}: ${data.holdId} was held while sales were not on`);
      this.line.nobodyIsPassedBy(data);
      this.#hold(data, null, atMs + this.rules.holdTtlMs);
    },
    SeatsOffered: (data, atMs) => {
      claim(this.onSale(atMs), 7, () => `${this.name}: ${data.entryId} was offered while sales were not on`);
      this.line.offer(data);
      this.#hold(data, data.entryId, atMs + this.rules.offerTtlMs);
    },
    HoldExtended: ({ holdId, until }) => {
      const hold = this.#liveHold(holdId, 'extended');
      const once = hold.untilMs === hold.firstUntilMs && toMs(until) <= hold.firstUntilMs + EXTENSION_MAX_MS;
      claim(once, 6, () => `${this.name}: ${holdId} was extended to ${until}`);
      hold.untilMs = toMs(until);
    },
    HoldReleased: (data, atMs) => this.#end(data, 'released', atMs),
    HoldExpired: (data, atMs) => this.#end(data, 'lapsed', atMs),
    OfferDeclined: (data, atMs) => {
      this.#end(data, 'released', atMs);
      this.line.close(data.entryId);
    },
    OfferExpired: (data, atMs) => {
      this.#end(data, 'lapsed', atMs);
      this.line.close(data.entryId);
    },
    BookingConfirmed: (data, atMs) => this.#confirm(data, atMs),
    BookingCancelled: ({ bookingId, ...places }) => {
      const booking = this.bookings.get(bookingId);
      claim(
        booking?.state === 'booked',
        1,
        () => `${this.name}: ${bookingId} is cancelled and was no booking`,
      );
      this.#same(booking, places);
      this.#free(booking, 'cancelled');
    },
    WaitlistJoined: (data) => this.line.join(data),
    WaitlistLeft: ({ entryId }) => this.line.leave(entryId),
    WaitlistMoved: ({ entryId, ahead, place }) => this.line.move(entryId, ahead, place),
  };

  #reschedule(data: Partial<DataOf<'ShowScheduled'>>): void {
    if (data.startsAt !== undefined) this.startsAtMs = toMs(data.startsAt);
    if (data.salesOpenAt !== undefined)
      this.salesOpenAtMs = data.salesOpenAt === null ? null : toMs(data.salesOpenAt);
    if (data.salesCloseAt !== undefined)
      this.salesCloseAtMs = data.salesCloseAt === null ? null : toMs(data.salesCloseAt);
  }

  #hold(data: DataOf<'SeatsHeld'>, entryId: string | null, untilMs: number): void {
    const { holdId: id, clientId, customerId, seats, areas } = data;
    claim(!this.holds.has(id), 8, () => `${this.name}: the hold ${id} was made twice`);
    claim(toMs(data.until) === untilMs, 6, () => `${this.name}: ${id} is to end at ${data.until}`);
    const hold: HoldModel = {
      id,
      clientId,
      customerId,
      seats,
      areas,
      entryId,
      untilMs,
      firstUntilMs: untilMs,
      state: 'live',
      bookingId: null,
      paymentReference: null,
    };
    this.holds.set(id, hold);
    this.#live.add(hold);
    this.#take(seats, areas, id);
    this.#count(hold, 1);
    const tickets = this.ticketsOf(customerId);
    const limit = this.rules.ticketsPerCustomer;
    claim(
      tickets <= limit,
      7,
      () => `${this.name}: ${customerId} has ${tickets} tickets of at most ${limit}`,
    );
  }

  #take(seats: readonly string[], areas: HoldModel['areas'], by: string): void {
    for (const seat of seats) {
      const owner = this.taken.get(seat);
      claim(owner === undefined, 1, () => `${this.name}: ${seat} goes to ${by} while ${owner} has it`);
      this.taken.set(seat, by);
    }
    for (const { areaId, quantity } of areas)
      this.areas.get(areaId)![by === 'blocked' ? by : 'taken'] += quantity;
    this.#areasHold();
  }

  #give(seat: string, by: string): void {
    claim(this.taken.get(seat) === by, 1, () => `${this.name}: ${by} gives back ${seat}, which it has not`);
    this.taken.delete(seat);
  }

  #areasHold(): void {
    for (const [id, { capacity, taken, blocked }] of this.areas) {
      const fits = taken >= 0 && blocked >= 0 && taken + blocked <= capacity;
      claim(fits, 1, () => `${this.name}: ${id} has ${taken} taken and ${blocked} blocked of ${capacity}`);
    }
  }

  #liveHold(holdId: string, what: string): HoldModel {
    const hold = this.holds.get(holdId);
    claim(
      hold?.state === 'live',
      6,
      () => `${this.name}: ${holdId} is ${what} and is ${hold?.state ?? 'no hold'}`,
    );
    return hold;
  }

  /** What an event says of the places of a hold is what the hold has. */
  #same(hold: HoldModel, places: Pick<HoldModel, 'seats' | 'areas'>): void {
    const isSame = placesText(hold) === placesText(places);
    claim(isSame, 1, () => `${this.name}: ${hold.id} has ${placesText(hold)}, not ${placesText(places)}`);
  }

  #end(
    { holdId, ...places }: DataOf<'HoldReleased'> | DataOf<'OfferDeclined'>,
    how: 'released' | 'lapsed',
    atMs: number,
  ): void {
    const hold = this.#liveHold(holdId, how);
    this.#same(hold, places);
    const inTime = how === 'lapsed' ? atMs >= hold.untilMs : atMs < hold.untilMs;
    claim(inTime, 6, () => `${this.name}: ${holdId} is ${how} ${atMs - hold.untilMs} ms after its end`);
    this.#free(hold, how);
  }

  #confirm(data: DataOf<'BookingConfirmed'>, atMs: number): void {
    const { bookingId, holdId, paymentReference, entryId } = data;
    const hold = this.#liveHold(holdId, 'confirmed');
    claim(
      atMs < hold.untilMs,
      6,
      () => `${this.name}: ${holdId} is confirmed ${atMs - hold.untilMs} ms after its end`,
    );
    this.#same(hold, data);
    const isTheirs = data.clientId === hold.clientId && data.customerId === hold.customerId;
    claim(isTheirs, 1, () => `${this.name}: ${bookingId} goes to ${data.customerId}, not ${hold.customerId}`);
    hold.state = 'booked';
    this.#live.delete(hold);
    hold.bookingId = bookingId;
    hold.paymentReference = paymentReference;
    this.bookings.set(bookingId, hold);
    if (entryId !== undefined) this.line.close(entryId);
  }

  #free(hold: HoldModel, state: HoldModel['state']): void {
    hold.state = state;
    this.#live.delete(hold);
    for (const seat of hold.seats) this.#give(seat, hold.id);
    for (const { areaId, quantity } of hold.areas) this.areas.get(areaId)!.taken -= quantity;
    this.#areasHold();
    this.#count(hold, -1);
  }

  #count({ customerId, seats, areas }: HoldModel, sign: 1 | -1): void {
    const places = areas.reduce((sum, { quantity }) => sum + quantity, seats.length);
    this.tickets.set(customerId, this.ticketsOf(customerId) + sign * places);
  }

  #cancel(): void {
    this.cancelled = true;
    for (const hold of this.holds.values())
      if (hold.state === 'live' || hold.state === 'booked') this.#free(hold, 'cancelled');
    this.line.closeAll();
  }
}

const placesText = ({ seats, areas }: Pick<HoldModel, 'seats' | 'areas'>): string =>
  [...seats, ...areas.map(({ areaId, quantity }) => `${quantity} of ${areaId}`)].join(', ') || 'nothing';
