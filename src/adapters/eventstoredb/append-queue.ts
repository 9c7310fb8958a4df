// Appends on their way to EventStoreDB: those of one stream one after another, in order of arrival, and not more at a
// time than a connection carries well.
import { Fault } from '../../ports/fault.ts';

/** A burst of more first appends than 100 hung on a cold connection (KurrentDB-Client-NodeJS#304). */
const IN_FLIGHT_MAX = 64;
const WAITING_MAX = 10_000;

type Job = () => Promise<void>;

export class AppendQueue {
  /** The first of each line is under way once its stream is no longer among `#ready`. */
  readonly #lines = new Map<string, Job[]>();
  readonly #ready: string[] = [];
  #waiting = 0;
  #inFlight = 0;
  #idle: (() => void)[] = [];

  /** Runs `send` when all earlier ones of this stream have ended. Throws a Fault when too many wait. */
  run<T>(stream: string, send: () => Promise<T>): Promise<T> {
    if (this.#waiting >= WAITING_MAX) {
      throw new Fault(
        'Overloaded',
        `${WAITING_MAX} appends already wait for the event log; try again later.`,
      );
    }
    this.#waiting += 1;
    return new Promise((resolve, reject) => {
      const job = () => send().then(resolve, reject);
      const line = this.#lines.get(stream);
      if (line) line.push(job);
      else {
        this.#lines.set(stream, [job]);
        this.#ready.push(stream);
      }
      this.#dispatch();
    });
  }

  /** Resolves when nothing waits any more. */
  idle(): Promise<void> {
    return this.#waiting === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  #dispatch(): void {
    while (this.#inFlight < IN_FLIGHT_MAX && this.#ready.length > 0) {
      const stream = this.#ready.shift()!;
      this.#inFlight += 1;
      void this.#lines.get(stream)![0]!().then(() => this.#done(stream));
    }
  }

  #done(stream: string): void {
    const line = this.#lines.get(stream)!;
    line.shift();
    if (line.length > 0) this.#ready.push(stream);
    else this.#lines.delete(stream);
    this.#inFlight -= 1;
    this.#waiting -= 1;
    this.#dispatch();
    if (this.#waiting === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
