// Server-sent events of one show as bytes, built once and shared by all who are at the same revision.
import { deltaJson, mergeDeltas, sizeOf, type Delta } from './map.ts';
import type { LiveShow } from './live-show.ts';

/** Up to so many revisions are told one by one; more become one delta with the last revision. */
const SINGLE_DELTAS_MAX = 32;
/** From here on a delta may not be more than twice the whole map: a cancelled show touches every seat. */
const LARGE_BYTES = 64 * 1024;
/** Who comes back is written a copy of its own, so it may not be long: enough for 1,000 changes of some seats and areas each. */
const RESUME_BYTES_MAX = 1024 * 1024;

export const HEARTBEAT = Buffer.from(': still here\n\n');

export class Frames {
  readonly #show: LiveShow;
  #revision = -1;
  #snapshot: Buffer | null = null;
  /** By the revision that the listener has. */
  readonly #since = new Map<number, Buffer>();

  constructor(show: LiveShow) {
    this.#show = show;
  }

  /** Of what is told now. */
  get revision(): number {
    return this.#show.revision;
  }

  snapshot(): Buffer {
    this.#refresh();
    return (this.#snapshot ??= Buffer.concat([
      Buffer.from(`id: ${this.#revision}\nevent: snapshot\ndata: `),
      this.#show.availability().body,
      Buffer.from('\n\n'),
    ]));
  }

  /** What brings a listener that has `revision` up to date: deltas, or a snapshot where they are not known or too many. */
  since(revision: number): Buffer {
    this.#refresh();
    let frame = this.#since.get(revision);
    if (!frame) {
      const deltas = this.#show.deltasSince(revision);
      const merged = deltas && deltas.length > SINGLE_DELTAS_MAX ? mergeDeltas(deltas) : null;
      frame = this.#unlessLarger(framesOf(merged ? [merged] : deltas));
      this.#since.set(revision, frame);
    }
    return frame;
  }

  /** Every delta after `revision`, one by one, for a client that comes back; a snapshot where they are not known or too long. */
  resume(revision: number): Buffer {
    const deltas = this.#show.deltasSince(revision);
    const bytes = deltas?.reduce((sum, delta) => sum + sizeOf(delta), 0) ?? Infinity;
    return (bytes <= RESUME_BYTES_MAX && framesOf(deltas)) || this.snapshot();
  }

  #unlessLarger(deltas: Buffer | null): Buffer {
    if (deltas && deltas.length < LARGE_BYTES) return deltas;
    const snapshot = this.snapshot();
    return deltas && deltas.length < snapshot.length * 2 ? deltas : snapshot;
  }

  #refresh(): void {
    if (this.#revision === this.#show.revision) return;
    this.#revision = this.#show.revision;
    this.#snapshot = null;
    this.#since.clear();
  }
}

function framesOf(deltas: readonly Delta[] | null): Buffer | null {
  return (
    deltas &&
    Buffer.from(
      deltas.map((delta) => `id: ${delta.revision}\nevent: delta\ndata: ${deltaJson(delta)}\n\n`).join(''),
    )
  );
}
