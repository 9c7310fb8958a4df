// All who listen to one show. A change goes out at once; while changes keep coming they are gathered: after each
// round a pause as long as the round, so that telling thousands never takes more than half of the process's time.
import type { SteadyClock } from '../ports/clock.ts';
import { Frames } from './frames.ts';
import { Listener, type StreamTarget } from './listener.ts';
import type { LiveShow } from './live-show.ts';

const PAUSE_MIN_MS = 20;
/** Others get a turn after so many listeners. */
const TURN_MAX = 250;

export class Audience {
  readonly listeners = new Set<Listener>();
  readonly #show: LiveShow;
  readonly #clock: SteadyClock;
  readonly #signal: AbortSignal;
  readonly #frames: Frames;
  #told: number;
  #telling = false;

  constructor(show: LiveShow, clock: SteadyClock, signal: AbortSignal) {
    this.#show = show;
    this.#clock = clock;
    this.#signal = signal;
    this.#frames = new Frames(show);
    this.#told = show.revision;
  }

  /** `onLeave` is called once, when the connection is over. */
  add(target: StreamTarget, lastEventId: number | null, onLeave: () => void): void {
    const listener = new Listener(target, this.#frames, () => this.#clock.steady());
    const leave = () => {
      if (this.listeners.delete(listener)) onLeave();
    };
    this.listeners.add(listener);
    target.on('close', leave);
    target.on('error', leave);
    if (target.destroyed) leave();
    else listener.begin(lastEventId);
  }

  /** The show has changed. */
  tell(): void {
    if (this.#show.gone) for (const listener of this.listeners) listener.end();
    else if (!this.#telling) void this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    this.#telling = true;
    while (this.#told !== this.#show.revision && this.listeners.size > 0 && !this.#signal.aborted) {
      const began = this.#clock.steady();
      this.#told = this.#show.revision;
      let told = 0;
      for (const listener of this.listeners) {
        listener.update();
        told += 1;
        if (told % TURN_MAX === 0) await this.#clock.sleep(0);
      }
      await this.#clock.sleep(Math.max(PAUSE_MIN_MS, this.#clock.steady() - began), this.#signal);
    }
    this.#telling = false;
  }
}
