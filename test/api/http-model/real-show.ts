// A show behind two processes of the HTTP app that share a log in memory and a clock that is moved by hand.
import { MemoryEventLog } from '../../../src/adapters/memory/memory-event-log.ts';
import { CATEGORIES, CLOSES_MS, FOCAL_POINT, PRICES, ROOM, ROWS } from '../../domain/show/naive-hall.ts';
import { DAY, iso, T0 } from '../../domain/show/show-spec.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { startInMemory, type AppInMemory } from '../app-in-memory.ts';
import type { Answer } from '../client.ts';
import { done } from '../hall.ts';
import type { Request } from './requests.ts';

const SHOP = 'shop';
const STRANGER = 'stranger';
/** Of the plan's unit, in which the naive hall is measured. */
const SCALE = 30;

export interface Told {
  readonly type: string;
  readonly data: unknown;
  readonly revision: number;
  readonly position: string;
}

export class House {
  readonly clock = new VirtualClock(T0);
  readonly #log = new MemoryEventLog(this.clock);
  readonly #apps: AppInMemory[] = [];
  #hall: { venueId: string; seatingPlanId: string } | null = null;

  async start(): Promise<void> {
    const keys = { [SHOP]: ['admin'], [STRANGER]: ['book'] } as const;
    for (let i = 0; i < 2; i += 1)
      this.#apps.push(await startInMemory({ log: this.#log, clock: this.clock }, keys));
  }

  async stop(): Promise<void> {
    for (const app of this.#apps) await app.stop();
  }

  /** Another show in the same hall, on sale from now on. */
  async openShow(): Promise<RealShow> {
    const { call } = this.#apps[0]!;
    const post = (path: string, body: unknown, status = 201) =>
      done(call('POST', path, { key: SHOP, body }), status);
    this.#hall ??= await hallBy(post);
    const now = this.clock.now();
    const { event } = await post('/v1/events', { title: 'Ninth Symphony' });
    const { show } = await post(`/v1/events/${event.id}/shows`, {
      ...this.#hall,
      startsAt: iso(now + 30 * DAY),
      salesOpenAt: iso(now),
      salesCloseAt: iso(now + CLOSES_MS),
      prices: Object.fromEntries([...PRICES].map(([id, amount]) => [id, { amount, currency: 'EUR' }])),
      holdTtlMs: 600_000,
      ticketsPerCustomer: 4,
    });
    const { position } = await post(`/v1/events/${event.id}/publish`, {}, 200);
    const opened = new RealShow(this.#apps, this.clock, { id: show.id, position });
    await opened.told();
    return opened;
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- see client.ts
async function hallBy(post: (path: string, body: unknown) => Promise<any>) {
  const { venue } = await post('/v1/venues', { name: 'Hall', timeZone: 'UTC', city: 'Madrid' });
  const rows = ROWS.map(({ name, parts }, y) => {
    const seats = parts.flatMap(({ category, x }) => x.map((at) => ({ category: CATEGORIES[category], at })));
    return {
      row_number: name,
      position: { x: 0, y: y * SCALE },
      seats: seats.map(({ category, at }, i) => ({
        seat_guid: `${name}-${i + 1}`,
        seat_number: String(i + 1),
        position: { x: at * SCALE, y: 0 },
        category,
      })),
    };
  });
  const plan = {
    name: 'Hall',
    size: { width: 300, height: 100 },
    categories: CATEGORIES.map((name) => ({ name, color: '#000000' })),
    zones: [{ name: 'Main', position: { x: 0, y: 0 }, rows }],
  };
  const areas = ROOM.map(({ id, category, capacity }) => ({ id, name: id, categoryId: category, capacity }));
  const focalPoint = { x: FOCAL_POINT.x * SCALE, y: FOCAL_POINT.y * SCALE };
  const { seatingPlan } = await post(`/v1/venues/${venue.id}/seating-plans`, { plan, areas, focalPoint });
  return { venueId: venue.id as string, seatingPlanId: seatingPlan.id as string };
}

export class RealShow {
  readonly clock: VirtualClock;
  /** How far its events are known here. */
  revision = -1;
  #position: string;
  readonly #id: string;
  readonly #apps: readonly AppInMemory[];
  #turn = 0;

  constructor(apps: readonly AppInMemory[], clock: VirtualClock, at: { id: string; position: string }) {
    this.#apps = apps;
    this.clock = clock;
    this.#id = at.id;
    this.#position = at.position;
  }

  /** From now on the other process is asked. */
  changeProcess(): void {
    this.#turn = 1 - this.#turn;
  }

  send({ method, path, body }: Request, idem: string | null): Promise<Answer> {
    return this.#ask(method, path, { key: SHOP, idem, ...(body && { body }) });
  }

  /** By a client to whom nothing here belongs. */
  sendAsStranger(method: string, path: string, idem: string | null): Promise<Answer> {
    return this.#ask(method, path, { key: STRANGER, idem });
  }

  /** As it stands after all that is known here. */
  get(path: string): Promise<Answer> {
    const headers = { 'x-min-position': this.#position, prefer: 'wait=5' };
    return this.#ask('GET', path, { key: SHOP, headers });
  }

  /** What happened since the last question. */
  async told(): Promise<Told[]> {
    const path = `/v1/streams/show-${this.#id}?from=${this.revision + 1}&limit=1000`;
    const { text } = await this.#apps[this.#turn]!.call('GET', path, { key: SHOP });
    const events = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Told);
    const last = events.at(-1);
    if (last) [this.revision, this.#position] = [last.revision, last.position];
    return events;
  }

  #ask(method: string, path: string, options: Parameters<AppInMemory['call']>[2]): Promise<Answer> {
    return this.#apps[this.#turn]!.call(method, `/v1/shows/${this.#id}${path}`, options);
  }
}
