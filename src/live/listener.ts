// One connection that listens to a show. It is never given more than it takes: while its buffer is full nothing is added,
// and once it has drained it gets what is true then, so that a slow reader costs nobody memory.
import { HEARTBEAT, type Frames } from './frames.ts';

/** What a listener writes to: a Node `ServerResponse` whose head has been written, or anything like it. */
export interface StreamTarget {
  readonly destroyed: boolean;
  write(chunk: Buffer): boolean;
  end(): unknown;
  destroy(): unknown;
  on(event: 'drain' | 'close' | 'error', listener: () => void): unknown;
}

/** Who was too slow and is more revisions behind than this gets a snapshot rather than deltas. */
const CATCH_UP_MAX = 64;

export class Listener {
  readonly #target: StreamTarget;
  readonly #frames: Frames;
  readonly #steady: () => number;
  #sent = -1;
  /** Since when its buffer has been full, ms of the steady clock; null: it takes what comes. */
  #fullSince: number | null = null;

  constructor(target: StreamTarget, frames: Frames, steady: () => number) {
    this.#target = target;
    this.#frames = frames;
    this.#steady = steady;
    target.on('drain', () => this.#drained());
  }

  /** The first frame: the whole map, or the deltas after the last event that the client has seen. */
  begin(lastEventId: number | null): void {
    if (lastEventId === null) return this.#send(this.#frames.snapshot());
    const frame = this.#frames.resume(lastEventId);
    this.#send(frame.length > 0 ? frame : HEARTBEAT);
  }

  /** It has not yet taken what it was given, and gets nothing more until then. */
  get isBehind(): boolean {
    return this.#fullSince !== null;
  }

  update(): void {
    if (!this.isBehind && this.#sent !== this.#frames.revision) this.#send(this.#frames.since(this.#sent));
  }

  /** A sign of life; a reader that has taken nothing for `stalledMaxMs` is disconnected. */
  beat(stalledMaxMs: number): void {
    if (this.#fullSince === null) this.#write(HEARTBEAT);
    else if (this.#steady() - this.#fullSince >= stalledMaxMs) this.#target.destroy();
  }

  end(): void {
    if (!this.isBehind) this.#target.end();
    else this.#target.destroy();
  }

  #drained(): void {
    this.#fullSince = null;
    const behind = this.#frames.revision - this.#sent;
    if (behind !== 0)
      this.#send(behind > CATCH_UP_MAX ? this.#frames.snapshot() : this.#frames.since(this.#sent));
  }

  #send(frame: Buffer): void {
    this.#sent = this.#frames.revision;
    this.#write(frame);
  }

  #write(chunk: Buffer): void {
    if (!this.#target.write(chunk)) this.#fullSince ??= this.#steady();
  }
}
