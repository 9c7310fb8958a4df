// What a writer knows of other processes that write to its stream, and how it takes turns with them: who wrote last lets the
// others go first. Without that, one whose state is warm has its next append on its way before another has read the last.
import type { SteadyClock } from '../ports/clock.ts';

/** After another process wrote, so many batches read the tail first, which is cheaper than losing to it. */
const WARY_BATCHES = 32;
/** A turn is so many times what an append takes: the others read, decide and append in it. */
const TURN_APPENDS = 4;
const TURN_MIN_MS = 10;
const TURN_MAX_MS = 100;
/**
 * Who only loses cannot be seen, so a process that is busy all the time gives others a turn now and then, ever more rarely where
 * nobody takes it, but within the time in which a batch that loses is decided again (limits.ts).
 */
const SPARE_TURN_FIRST_MS = 1_000;
const SPARE_TURN_LAST_MS = 4_000;
/** How often in a turn is looked whether another has written. */
const LOOKS_PER_TURN = 16;

export class Contention {
  readonly #clock: SteadyClock;
  /** Batches written since another process wrote. */
  #batchesSince = WARY_BATCHES;
  #spareMs = SPARE_TURN_FIRST_MS;
  /** When the last turn of the others ends or ended. */
  #untilMs: number;
  #wroteMs: number;

  constructor(clock: SteadyClock) {
    this.#clock = clock;
    this.#untilMs = this.#wroteMs = clock.steady();
  }

  /** Whether another process wrote not long ago. */
  get expected(): boolean {
    return this.#batchesSince < WARY_BATCHES;
  }

  /** Another process has written: if this was its turn, it is over. */
  met(): void {
    this.#batchesSince = 0;
    this.#spareMs = SPARE_TURN_FIRST_MS;
    this.#untilMs = this.#clock.steady();
  }

  /** This one has, by an append that took so long. Turns that nobody takes become rare: after 1, 2, 4, 8 … batches. */
  wrote(appendMs: number): void {
    const nowMs = this.#clock.steady();
    // A pause as long as a turn was one.
    if (nowMs - appendMs - this.#wroteMs >= TURN_MIN_MS) this.#untilMs = nowMs;
    this.#wroteMs = nowMs;
    if (this.expected) {
      this.#batchesSince += 1;
      if (!Number.isInteger(Math.log2(this.#batchesSince))) return;
    } else {
      if (nowMs - this.#untilMs < this.#spareMs) return;
      this.#spareMs = Math.min(this.#spareMs * 2, SPARE_TURN_LAST_MS);
    }
    this.#untilMs = nowMs + Math.min(TURN_MAX_MS, Math.max(TURN_MIN_MS, appendMs * TURN_APPENDS));
  }

  /** Whether it is the others' turn. */
  get isOthersTurn(): boolean {
    return this.#leftMs() > 0;
  }

  /** Waits until another process has written, as `look` finds and tells by `met`, or has left its turn unused. */
  async letOthersGoFirst(look: () => Promise<void>): Promise<void> {
    const pauseMs = Math.max(1, this.#leftMs() / LOOKS_PER_TURN);
    for (let leftMs = this.#leftMs(); leftMs > 0; leftMs = this.#leftMs()) {
      await this.#clock.sleep(Math.min(leftMs, pauseMs));
      await look();
    }
  }

  /** In whole ms: nobody sleeps for what rounding leaves over. */
  #leftMs(): number {
    return Math.floor(this.#untilMs - this.#clock.steady());
  }
}
