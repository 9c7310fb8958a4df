// Stands on the line between an engine and Postgres and holds every answer to an append until Postgres has said how far its
// log is on the disk. The engine cannot tell anybody before: so whatever it says, the log was at least so far.
import type { Wal } from './wal.ts';

export interface Sample {
  /** Position of the last event before the append. */
  readonly head: number;
  readonly flushedTo: number;
  /** When the engine was let know, ms of `performance.now()`. */
  readonly passedOnAt: number;
}

export class AppendAnswers {
  readonly samples: Sample[] = [];
  /** Not given at first: then nothing is held. */
  wal: Wal | null = null;

  async watch(bytes: Buffer, { opening }: { readonly opening: Buffer }): Promise<void> {
    if (this.wal === null || !opening.includes('fairseat log append')) return;
    const heads = headsIn(bytes);
    if (heads.length === 0) return;
    const flushedTo = await this.wal.flushedTo();
    const passedOnAt = performance.now();
    for (const head of heads) this.samples.push({ head, flushedTo, passedOnAt });
  }
}

const DATA_ROW = 0x44;

/** The first column of every row of two: `head` of append_events, as text. Messages are a letter, a length, and the rest. */
function headsIn(bytes: Buffer): number[] {
  const heads: number[] = [];
  for (let at = 0; at + 5 <= bytes.length; at += 1 + bytes.readInt32BE(at + 1)) {
    if (bytes[at] !== DATA_ROW || bytes.readInt16BE(at + 5) !== 2) continue;
    const length = bytes.readInt32BE(at + 7);
    heads.push(Number(bytes.toString('latin1', at + 11, at + 11 + length)));
  }
  return heads;
}
