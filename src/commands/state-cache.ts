// Which writers, and with them which states, stay in memory: bounded in bytes and in number, the longest idle leave
// first. A writer with work is never touched, so that a stream has one writer and no more.
import type { AnyWriter } from './writer.ts';

interface Bounds {
  readonly stateCacheBytesMax: number;
  readonly cachedStatesMax: number;
}

export class StateCache {
  readonly #bounds: Bounds;
  readonly #writers = new Map<string, AnyWriter>();
  /** In the order in which they fell idle, with their bytes beside them. */
  readonly #idle = new Map<string, AnyWriter>();
  readonly #bytesOf = new Map<string, number>();
  #bytes = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#writers.size;
  }

  /** Writers with work. */
  get busyCount(): number {
    return this.#writers.size - this.#idle.size;
  }

  get(stream: string): AnyWriter | undefined {
    return this.#writers.get(stream);
  }

  *busy(): Iterable<AnyWriter> {
    for (const [stream, writer] of this.#writers) if (!this.#idle.has(stream)) yield writer;
  }

  /** A new writer, or one that is given work again. */
  markBusy(writer: AnyWriter): void {
    if (!this.#idle.delete(writer.stream)) this.#writers.set(writer.stream, writer);
  }

  /** Its work is done: it may stay as long as there is room. */
  markIdle(writer: AnyWriter): void {
    if (!writer.worthKeeping) {
      this.#remove(writer.stream);
      return;
    }
    this.#idle.set(writer.stream, writer);
    this.#shrink();
  }

  resize(writer: AnyWriter, bytes: number): void {
    this.#bytes += bytes - (this.#bytesOf.get(writer.stream) ?? 0);
    this.#bytesOf.set(writer.stream, bytes);
    this.#shrink();
  }

  /** The one used last stays even when it alone is over the bound: it would be loaded again for every command. */
  #shrink(): void {
    while (this.#idle.size > 1 && this.#isOver()) this.#remove(this.#idle.keys().next().value!);
  }

  #isOver(): boolean {
    return this.#bytes > this.#bounds.stateCacheBytesMax || this.#writers.size > this.#bounds.cachedStatesMax;
  }

  #remove(stream: string): void {
    this.#writers.delete(stream);
    this.#idle.delete(stream);
    this.#bytes -= this.#bytesOf.get(stream) ?? 0;
    this.#bytesOf.delete(stream);
  }
}
