// The end of a run: after everything has healed it must come to rest, every open question must have an answer, and every view
// must equal what the log says when it is read from the first event on.
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { saveShow } from '../../../src/domain/show/snapshot.ts';
import type { ShowState } from '../../../src/domain/show/show.ts';
import { categoryViews } from '../../../src/domain/show/views.ts';
import { LiveShow } from '../../../src/live/live-show.ts';
import type { Outside, SimulatedProcess } from '../engine/simulated-process.ts';
import { EPOCH_MS } from '../kernel/process-clock.ts';
import { Actor } from '../kernel/scheduler.ts';
import type { Correspondence } from '../people/correspondence.ts';
import type { People } from '../people/people.ts';
import { HOLDS, SHOWS } from '../store/simulated-projections.ts';
import { generationKey, rowKey, type GenerationRow, type ParkedRow } from '../store/carry.ts';
import type { Referee } from './referee.ts';
import type { ShowModel } from './show-model.ts';
import { claim } from './violation.ts';

/** Virtual time within which everything must have come to rest: the longest pause of any worker, twice over. */
const REST_WITHIN_MS = 70_000;
const LOOK_EVERY_MS = 250;
/** What is due is done within so much, when nothing is wrong. */
const LATE_MAX_MS = 1_000;
const READS_MAX = 5;
const OF_AN_EVENT: ReadonlySet<string> = new Set(['publishEvent', 'cancelEvent']);

type Parts = Outside & {
  readonly referee: Referee;
  readonly post: Correspondence;
  readonly processes: () => readonly SimulatedProcess[];
  readonly people: People;
};

interface ShowSeen {
  readonly name: string;
  /** Of its writer. */
  readonly state: string;
  /** Its live map. */
  readonly seen: string;
}

export class Ending {
  readonly #parts: Parts;
  readonly #actor = new Actor('referee');

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A clock that ran ahead took its shows' time with it: the world catches up with the latest of them, and every hold in it. */
  passTheLatest(): void {
    const { scheduler, referee } = this.#parts;
    let latestMs = 0;
    for (const show of referee.shows.values()) {
      latestMs = Math.max(latestMs, show.lastAtMs);
      for (const { untilMs } of show.live) latestMs = Math.max(latestMs, untilMs);
    }
    scheduler.leap(Math.max(0, latestMs - EPOCH_MS - scheduler.nowMs));
  }

  async comeToRest(stopped: () => boolean): Promise<void> {
    const { scheduler } = this.#parts;
    const byMs = scheduler.nowMs + REST_WITHIN_MS;
    while (this.#parts.people.busy > 0 && !stopped()) {
      claim(scheduler.nowMs < byMs, 13, () => 'people wait for answers and get none');
      await scheduler.pause(LOOK_EVERY_MS, this.#actor, 'looks around');
    }
    await this.#settleOpenLetters();
    for (;;) {
      const unrest = await this.#unrest();
      if (unrest === null || stopped()) return;
      claim(scheduler.nowMs < byMs, 13, () => `after healing there is no rest: ${unrest}`);
      await scheduler.pause(LOOK_EVERY_MS, this.#actor, 'looks around');
    }
  }

  async judge(): Promise<void> {
    this.#letters();
    this.#payments();
    this.#catalogue();
    // Before time goes on: what lapses while the shows are asked reaches the views a little later.
    if (this.#parts.projects) this.#projections();
    for (const [showId, model] of this.#parts.referee.shows) await this.#show(showId, model);
  }

  /**
   * Whoever does not know asks again, under the same key; but for the events of the catalogue: shows hear of what became of
   * theirs though nobody asks again.
   */
  async #settleOpenLetters(): Promise<void> {
    const { people, post } = this.#parts;
    for (const letter of people.letters) {
      if (!letter.keyed || !letter.open || letter.answer !== null || OF_AN_EVENT.has(letter.asking.operation))
        continue;
      const verdict = await post.send(letter, { attempts: 30 });
      claim(verdict === 'done' || verdict === 'refused', 13, () => `${letter.asking.id} gets no answer`);
      if (verdict === 'refused') letter.open = false;
    }
    for (const payment of people.payments.byHold.values())
      if (payment.letter.answer === null)
        people.payments.settle(payment, await post.send(payment.letter, { attempts: 30 }), true);
  }

  /** What is not at rest yet, in words; null: all is. */
  async #unrest(): Promise<string | null> {
    const { server, scheduler, store, projects, referee } = this.#parts;
    if (server.pending > 0) return 'the log is still writing';
    const head = server.events.length;
    const nowMs = EPOCH_MS + scheduler.nowMs;
    for (const [showId, show] of referee.shows) {
      const late = show.live.find(({ untilMs }) => untilMs < nowMs - LATE_MAX_MS);
      if (late) return `${show.name} keeps ${late.id} after its end`;
      const unserved = show.onSale(nowMs) ? show.line.unserved() : undefined;
      if (unserved) return `${show.name} does not serve ${unserved.id}`;
      const told = this.#untold(showId, show);
      if (told) return told;
    }
    for (const process of this.#parts.processes()) {
      const { name } = process.actor;
      if (!process.serving) return `${name} does not serve`;
      if (process.live.position() < head)
        return `the live view of ${name} is at ${process.live.position()} of ${head}`;
      if (process.pipeline.stats().waiting > 0) return `commands wait in ${name}`;
    }
    if (!projects) return null;
    const parked = this.#parked();
    for (const stream of parked) await this.#takeBack(stream);
    // That took time, in which more may have come to pass.
    if (parked.length > 0) return 'streams were parked';
    for (const { name, position } of [HOLDS, SHOWS].map(
      ({ name }) => store.get(generationKey(name, 1)) as GenerationRow,
    ))
      if (position < head) return `the projection ${name} is at ${position} of ${head}`;
    return null;
  }

  #parked(): ParkedRow[] {
    const { store } = this.#parts;
    return store.keys('parked/').map((key) => store.get(key) as ParkedRow);
  }

  /** What was poison is none any more: an operator takes the stream back. */
  async #takeBack({ projection, stream }: ParkedRow): Promise<void> {
    const [process] = this.#parts.processes().filter(({ serving }) => serving);
    await process?.projector.retryParked(projection as never, stream);
    this.#parts.count('rare parked stream taken back');
  }

  /** Every request has left what its answers said, no more and no less. */
  #letters(): void {
    for (const { asking, keyed, answer, open, refusal } of this.#parts.people.letters) {
      if (!keyed) continue;
      const effects = this.#parts.referee.effectsOf(asking.id);
      const ids = new Set(effects.map(({ commandId }) => commandId));
      claim(ids.size <= 1, 8, () => `${asking.id}: one key, ${ids.size} commands`);
      if (answer === null && !open && asking.operation !== 'scheduleShow')
        claim(ids.size === 0, 3, () => `${asking.id}: was ${refusal ?? 'not done'}, and left events`);
      if (answer !== null) claim(ids.size === 1, 2, () => `${asking.id}: was acknowledged, and left nothing`);
    }
  }

  #payments(): void {
    const { people, referee } = this.#parts;
    for (const { reference, showId, refunded } of people.payments.byHold.values()) {
      const bookings = [...(referee.shows.get(showId)?.bookings.values() ?? [])];
      const booked = bookings.some(({ paymentReference }) => paymentReference === reference);
      claim(booked !== refunded, 11, () => `${reference}: booked ${booked}, refunded ${refunded}`);
    }
  }

  /** The writer of each process, its live view and the model agree with a fold of the whole stream. */
  async #show(showId: string, model: ShowModel): Promise<void> {
    const [first] = this.#parts.processes() as [SimulatedProcess];
    const { events, views } = await this.#viewsOf(showId);
    const fresh = fold(first, events);
    const text = JSON.stringify(saveShow(fresh));
    const map = mapOf(showId, fresh, first);
    for (const category of categoryViews(fresh)) {
      const { free, held, booked, blocked, capacity, id } = category;
      claim(free + held + booked + blocked === capacity, 5, () => `${model.name}: ${id} does not add up`);
      const due = capacity === model.capacity(id) && held + booked === takenIn(model, id);
      claim(due, 5, () => `${model.name}: ${id} counts ${JSON.stringify(category)}`);
    }
    for (const { name, state, seen } of views) {
      claim(state === text, 9, () => `${model.name}: the writer of ${name} has another state`);
      claim(seen === map, 9, () => `${model.name}: the map of ${name} is ${seen}, not ${map}`);
    }
  }

  /** What each process knows of a show, and the stream it should know. What lapses meanwhile is asked about again. */
  async #viewsOf(showId: string): Promise<{ events: readonly RecordedEvent[]; views: ShowSeen[] }> {
    const { server, processes, scheduler } = this.#parts;
    const byMs = scheduler.nowMs + REST_WITHIN_MS;
    for (;;) {
      claim(scheduler.nowMs < byMs, 13, () => 'after coming to rest the log goes on without end');
      const head = server.events.length;
      const level = processes().every(({ live }) => live.position() >= head);
      const views: ShowSeen[] = [];
      for (const process of processes()) {
        const state = await stateOf(process, showId);
        const seen = (await process.live.availability(showId))!.body.toString();
        views.push({ name: process.actor.name, state, seen });
      }
      if (level && server.events.length === head) return { events: server.stream(`show-${showId}`), views };
      await scheduler.pause(LOOK_EVERY_MS, this.#actor, 'looks around');
    }
  }

  #untold(showId: string, show: ShowModel): string | null {
    const event = this.#parts.referee.events.get(show.eventId);
    if (event?.status === 'published' && !show.published && !show.cancelled)
      return `${show.name} (${showId}) was not told of the publication`;
    if (event?.status === 'cancelled' && !show.cancelled)
      return `${show.name} (${showId}) was not told of the cancellation`;
    return null;
  }

  /** Each show heard of its event once. */
  #catalogue(): void {
    const told = new Set<string>();
    for (const { stream, type } of this.#parts.server.events) {
      if (type !== 'ShowPublished' && type !== 'ShowCancelled') continue;
      claim(!told.has(`${stream} ${type}`), 10, () => `${stream} has ${type} twice`);
      told.add(`${stream} ${type}`);
    }
  }

  #projections(): void {
    for (const shape of [HOLDS, SHOWS]) this.#projection(shape as never);
  }

  #projection({ name, types, keyOf, rowOf }: typeof SHOWS): void {
    const { server, store } = this.#parts;
    const rows = new Map<string, ReturnType<typeof rowOf>>();
    for (const event of server.events)
      if (types.includes(event.type)) rows.set(keyOf(event), rowOf(rows.get(keyOf(event)), event));
    for (const [key, row] of rows) {
      const kept = JSON.stringify(store.get(rowKey(`${name}_g1`, name, key)));
      claim(
        kept === JSON.stringify(row),
        9,
        () => `${name}: ${key} is ${kept}, a rebuild gives ${JSON.stringify(row)}`,
      );
    }
  }
}

function fold({ shows }: SimulatedProcess, events: readonly RecordedEvent[]): ShowState {
  const state = shows.initialState();
  for (const event of events) shows.evolve(state, event);
  return state;
}

/** As its writer has it; who was out of date several times over is asked again. */
async function stateOf({ pipeline, shows }: SimulatedProcess, showId: string): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await pipeline.read(shows, showId, (state) => JSON.stringify(saveShow(state)))).value;
    } catch (error) {
      if (tries === READS_MAX) throw error;
    }
  }
}

/** The bytes that a live view which has seen nothing but this state would send. */
function mapOf(showId: string, state: ShowState, { shows: aggregate, clock }: SimulatedProcess): string {
  const limits = { deltasMax: 1_000, deltaBytesMax: 1_000_000 };
  return new LiveShow(showId, state, { aggregate, limits, clock }).availability().body.toString();
}

function takenIn(model: ShowModel, category: string): number {
  let taken = 0;
  for (const [seat, by] of model.taken)
    if (by !== 'blocked' && model.hall.seats.get(seat) === category) taken += 1;
  for (const area of model.areas.values()) if (area.categoryId === category) taken += area.taken;
  return taken;
}
