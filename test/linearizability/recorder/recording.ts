// Records one scenario: shows are opened, clients come, faults strike, everything heals, and a last look is taken at every map.
import { setTimeout as sleep } from 'node:timers/promises';
import { clientOf } from '../../api/client.ts';
import { openHall } from '../../api/hall.ts';
import type { Fault } from '../faults/fault.ts';
import type { History, ShowOnSale } from '../history.ts';
import { clockIsTrue, type Scenario } from '../scenarios.ts';
import { ADMIN_KEY, type EngineProcess } from '../world/engine-process.ts';
import { FailpointRound } from '../world/failpoint-round.ts';
import type { World } from '../world/world.ts';
import type { Chance } from './chance.ts';
import { serveCustomer } from './customers.ts';
import { HttpCaller } from './http-caller.ts';
import { Recorder } from './recorder.ts';

/** Processes that serve; whatever else there is, is for the faults. */
export interface RecordedWorld extends Pick<World, 'said' | 'logged'> {
  readonly engines: readonly Pick<EngineProcess, 'url' | 'ready' | 'kill'>[];
}

export interface RecordingOptions {
  /** Requests at least. */
  readonly operations: number;
  readonly clients: number;
  readonly secondsMax: number;
  readonly failpoints: readonly string[];
  /** Tells recordings in one database apart. */
  readonly name?: string;
}

export interface Recorded {
  readonly history: History;
  /** How often each fault struck; a failpoint counts when an engine was killed at it. */
  readonly struck: Readonly<Record<string, number>>;
  /** What was asked for and did not happen. */
  readonly missed: readonly string[];
}

const SHOWS_AT_ONCE = 8;
const SEATS = 12;
const PLACES = 4;
const HOLD_TTL_MS = 4_000;
/** Then other shows are on sale. */
const SEASON_OPERATIONS = 2_500;
const TIME_OUT_MS = 3_000;
/** Between two strikes. */
const REST_MS = [200, 900] as const;

export class Recording<W extends RecordedWorld = World> {
  readonly #scenario: Scenario<W>;
  readonly #world: W;
  readonly #chance: Chance;
  readonly #options: RecordingOptions;
  readonly #struck: Record<string, number> = {};
  readonly #recorder: Recorder;
  readonly #caller: HttpCaller;
  readonly #beganAt = Date.now();
  readonly #began = performance.now();
  #shows: ShowOnSale[] = [];

  constructor(scenario: Scenario<W>, world: W, chance: Chance, options: RecordingOptions) {
    this.#scenario = scenario;
    this.#world = world;
    this.#chance = chance;
    this.#options = options;
    this.#caller = new HttpCaller({
      url: () => chance.pick(world.engines).url,
      apiKey: ADMIN_KEY,
      timeOutMs: TIME_OUT_MS,
      name: this.#options.name ?? 'history',
    });
    this.#recorder = new Recorder({
      send: (request) => this.#caller.send(request),
      now: () => performance.now() - this.#began,
      sleep: (ms) => sleep(ms),
      chance,
    });
  }

  async record(): Promise<Recorded> {
    this.#shows = await this.#openShows();
    const clients = Array.from({ length: this.#options.clients }, (_, n) => this.#serveClient(n));
    await Promise.all([...clients, this.#strike()]);
    for (const engine of this.#world.engines) await engine.ready();
    await this.#lastLook();
    this.#caller.close();
    const reached = FailpointRound.reached(this.#world.said);
    for (const name of reached) this.#struck[name] = 1;
    return {
      history: {
        name: this.#scenario.name,
        beganAt: this.#beganAt,
        clockIsTrue: clockIsTrue(this.#scenario),
        shows: this.#shows,
        attempts: this.#recorder.attempts,
      },
      struck: this.#struck,
      missed: this.#missed(reached),
    };
  }

  /** All of them at the beginning, while all is well. */
  async #openShows(): Promise<ShowOnSale[]> {
    const call = clientOf(() => this.#world.engines[0]!.url, ADMIN_KEY);
    const seasons = Math.ceil(this.#options.operations / SEASON_OPERATIONS) + 1;
    const shows: ShowOnSale[] = [];
    while (shows.length < seasons * SHOWS_AT_ONCE) {
      const { showId } = await openHall(call, { seats: SEATS, floor: PLACES, holdTtlMs: HOLD_TTL_MS });
      const seats = Array.from({ length: SEATS }, (_, i) => `A-${i + 1}`);
      shows.push({ id: showId, seats, places: PLACES });
    }
    return shows;
  }

  #showOnSale(): ShowOnSale {
    const seasons = this.#shows.length / SHOWS_AT_ONCE;
    const season = Math.min(seasons - 1, Math.floor(this.#recorder.attempts.length / SEASON_OPERATIONS));
    return this.#shows[season * SHOWS_AT_ONCE + this.#chance.below(SHOWS_AT_ONCE)]!;
  }

  async #serveClient(client: number): Promise<void> {
    while (!this.#isOver())
      await serveCustomer({
        chance: this.#chance,
        show: () => this.#showOnSale(),
        ask: (showId, asked) => this.#recorder.ask(client, showId, asked),
        pause: (ms) => sleep(ms),
      });
  }

  /** Enough has been asked and everything has struck; or it takes too long. */
  #isOver(): boolean {
    if (performance.now() - this.#began > this.#options.secondsMax * 1_000) return true;
    if (this.#recorder.attempts.length < this.#options.operations) return false;
    return this.#missed(FailpointRound.reached(this.#world.said)).length === 0;
  }

  #missed(reached: readonly string[]): string[] {
    const { faults, strikes } = this.#scenario;
    const seldom = faults.filter((f) => f.forbidden() === null && (this.#struck[f.name] ?? 0) < strikes);
    const failpoints = this.#options.failpoints.filter((name) => !reached.includes(name));
    return [...seldom.map(({ name }) => name), ...failpoints.map((name) => `failpoint: ${name}`)];
  }

  async #strike(): Promise<void> {
    const faults = this.#scenario.faults.filter((fault) => fault.forbidden() === null);
    if (this.#options.failpoints.length > 0) {
      await sleep(500);
      for (const engine of this.#world.engines) engine.kill();
    }
    while (faults.length > 0 && !this.#isOver()) {
      await sleep(this.#chance.between(...REST_MS));
      const seldom = faults.toSorted((a, b) => (this.#struck[a.name] ?? 0) - (this.#struck[b.name] ?? 0));
      const fault = seldom[0]!;
      if ((this.#struck[fault.name] ?? 0) >= this.#scenario.strikes) return;
      const before = this.#traces(fault);
      const hit = (await fault.strike(this.#world, this.#chance)) !== false;
      if (hit && (fault.trace === undefined || this.#traces(fault) > before))
        this.#struck[fault.name] = (this.#struck[fault.name] ?? 0) + 1;
    }
  }

  #traces({ trace }: Fault<W>): number {
    return trace === undefined ? 0 : this.#world.logged(trace);
  }

  /** When everything that can lapse has lapsed. */
  async #lastLook(): Promise<void> {
    await sleep(HOLD_TTL_MS + 1_500);
    const positions = this.#recorder.attempts.map(({ answer }) =>
      answer.kind === 'done' ? (answer.position ?? 0) : 0,
    );
    const after = positions.reduce((a, b) => Math.max(a, b), 0);
    for (const { id } of this.#shows) await this.#recorder.ask(-1, id, { does: 'read-map', after });
  }
}
