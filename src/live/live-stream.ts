// The live streams of all shows in this process: who may listen, signs of life, and an orderly end. Knows nothing of
// HTTP: the api writes the head of the answer and hands over what to write to.
import type { SteadyClock } from '../ports/clock.ts';
import { Audience } from './audience.ts';
import type { StreamTarget } from './listener.ts';
import type { LiveShows } from './live-shows.ts';

export interface StreamLimits {
  readonly listenersMax: number;
  readonly listenersPerShowMax: number;
  readonly heartbeatMs: number;
  /** Who has taken nothing for so long is disconnected. */
  readonly stalledMaxMs: number;
}

const STREAM_LIMITS: StreamLimits = {
  listenersMax: 20_000,
  listenersPerShowMax: 10_000,
  heartbeatMs: 15_000,
  stalledMaxMs: 30_000,
};

/** For so long this process may be behind what a listener has seen of another; who names what never was waits as long. */
const BEHIND_MAX_MS = 2_000;

/** `full`: too many listen already; `ended`: the process is shutting down. Only `listening` has called `open`. */
export type ListenAnswer = 'listening' | 'noSuchShow' | 'full' | 'ended';

/** Where the listeners of one show are. */
interface Room {
  readonly showId: string;
  readonly audience: Audience;
  readonly close: () => void;
}

export class LiveStream {
  readonly #shows: LiveShows;
  readonly #clock: SteadyClock;
  readonly #limits: StreamLimits;
  readonly #rooms = new Map<string, Promise<Room | null>>();
  readonly #open = new Set<Room>();
  readonly #stop = new AbortController();
  #beating: Promise<void> | null = null;
  #listeners = 0;

  constructor(parts: { shows: LiveShows; clock: SteadyClock; limits?: Partial<StreamLimits> }) {
    this.#shows = parts.shows;
    this.#clock = parts.clock;
    this.#limits = { ...STREAM_LIMITS, ...parts.limits };
  }

  /** How many listen now. */
  get listeners(): number {
    return this.#listeners;
  }

  /** How many of them do not take what they are sent as fast as it comes. */
  get behind(): number {
    let behind = 0;
    for (const { audience } of this.#open)
      for (const listener of audience.listeners) behind += Number(listener.isBehind);
    return behind;
  }

  /**
   * Sends a show's map and then its changes, until the connection closes. `open` writes the head of the answer and
   * returns what to write to; it is called only when somebody may listen. `lastEventId`: the revision to go on from, for
   * which this process is waited for, or it would show an older map than was seen.
   */
  async listen(showId: string, lastEventId: number | null, open: () => StreamTarget): Promise<ListenAnswer> {
    if (this.#stop.signal.aborted) return 'ended';
    if (this.#listeners >= this.#limits.listenersMax) return 'full';
    this.#listeners += 1;
    let room: Room | null = null;
    const leave = () => {
      this.#listeners -= 1;
      if (room) this.#closeIfEmpty(room);
    };
    try {
      if (lastEventId !== null)
        await this.#shows.waitForChange(showId, lastEventId - 1, BEHIND_MAX_MS, this.#stop.signal);
      do room = await this.#room(showId);
      while (room && !this.#open.has(room)); // the last listener left it before this turn
      const refusal = this.#refusal(room);
      if (refusal) leave();
      else room!.audience.add(open(), lastEventId, leave);
      return refusal ?? 'listening';
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Begins the signs of life. */
  start(): void {
    this.#beating ??= this.#beat();
  }

  /** Ends every stream; clients come back by themselves, to whatever process serves then. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const { audience } of this.#open) for (const listener of audience.listeners) listener.end();
    await this.#beating;
  }

  #refusal(room: Room | null): ListenAnswer | null {
    if (!room) return 'noSuchShow';
    if (this.#stop.signal.aborted) return 'ended';
    return room.audience.listeners.size >= this.#limits.listenersPerShowMax ? 'full' : null;
  }

  #room(showId: string): Promise<Room | null> {
    let room = this.#rooms.get(showId);
    if (!room) {
      room = this.#openRoom(showId);
      this.#rooms.set(showId, room);
      const forget = () => void (this.#rooms.get(showId) === room && this.#rooms.delete(showId));
      room.then((opened) => !opened && forget(), forget);
    }
    return room;
  }

  async #openRoom(showId: string): Promise<Room | null> {
    let room: Room | null = null;
    const watched = await this.#shows.listen(showId, () => {
      if (!room) return;
      if (watched?.show.gone) this.#leave(room);
      room.audience.tell();
    });
    if (!watched) return null;
    // Given up before there was a room to be told of it: its map would stand still.
    if (watched.show.gone) {
      watched.stop();
      return this.#openRoom(showId);
    }
    room = {
      showId,
      audience: new Audience(watched.show, this.#clock, this.#stop.signal),
      close: watched.stop,
    };
    this.#open.add(room);
    return room;
  }

  #closeIfEmpty(room: Room): void {
    if (room.audience.listeners.size === 0) this.#leave(room);
  }

  /** Who comes now gets another room. */
  #leave(room: Room): void {
    if (!this.#open.delete(room)) return;
    this.#rooms.delete(room.showId);
    room.close();
  }

  async #beat(): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      await this.#clock.sleep(this.#limits.heartbeatMs, signal);
      if (signal.aborted) return;
      for (const { audience } of this.#open)
        for (const listener of audience.listeners) listener.beat(this.#limits.stalledMaxMs);
    }
  }
}
