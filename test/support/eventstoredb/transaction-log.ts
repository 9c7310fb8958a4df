// The log of the stand-in for EventStoreDB: one file, appended to and flushed before anybody is answered. As on a real node
// a position is the byte offset of a record, so positions grow with gaps, and expected revisions are judged the same way.
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface StoredRecord extends ProposedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  /** Ticks of 100 ns since 1970. */
  readonly created: bigint;
}

export type Expected = 'any' | 'no_stream' | 'stream_exists' | number;
export type Decided =
  | { readonly ok: true; readonly revision: number; readonly position: number | null }
  | { readonly ok: false; readonly current: number };

/** Of a record on disk: length and checksum of what follows. */
const FRAME_BYTES = 8;
/** A record of EventStoreDB's own after so many appends, as statistics are on a real node. */
const STATISTICS_EVERY = 7;
const none = new Uint8Array();

export class TransactionLog extends EventEmitter<{ flushed: [] }> {
  readonly records: StoredRecord[] = [];
  readonly #streams = new Map<string, StoredRecord[]>();
  readonly #kept = new Map<string, number>();
  #file!: FileHandle;
  #end = 0;
  #durable = 0;
  #unwritten: Buffer[] = [];
  #flushing: Promise<void> | null = null;
  #appends = 0;

  /** Opens the log in a folder, or begins one there. What a crash left half written is cut off. */
  static async open(folder: string): Promise<TransactionLog> {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'transactions.log');
    const log = new TransactionLog();
    log.setMaxListeners(0);
    if (existsSync(path)) log.#load(readFileSync(path));
    log.#file = await open(path, 'a');
    await log.#file.truncate(log.#end);
    if (log.records.length === 0) await log.append('$users', 'any', [system('$User')]);
    return log;
  }

  /** What readers may see: everything that is on disk. */
  get visible(): number {
    return this.#durable;
  }

  /** Records of a stream that readers may see, its `$maxCount` kept. */
  streamOf(name: string): StoredRecord[] {
    const all = this.#streams.get(name) ?? [];
    const end = this.records[this.#durable - 1]?.position ?? -1;
    let seen = all.length;
    while (seen > 0 && all[seen - 1]!.position > end) seen -= 1;
    return all.slice(Math.max(0, seen - (this.#kept.get(name) ?? Infinity)), seen);
  }

  /** Decides at once, against all that was decided before; answers when that is on disk. */
  async append(stream: string, expected: Expected, events: readonly ProposedEvent[]): Promise<Decided> {
    const decided = this.#decide(stream, expected, events);
    await this.#flush();
    return decided;
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.#file.close();
  }

  #decide(stream: string, expected: Expected, events: readonly ProposedEvent[]): Decided {
    const there = this.#streams.get(stream) ?? [];
    const current = there.length - 1;
    const from = firstRevision(expected, there, events);
    const fits =
      expected === 'any' ? from === null : expected === 'stream_exists' ? current >= 0 : from === current + 1;
    if (!fits) {
      const last = repeated(there, from, events);
      return last === null
        ? { ok: false, current }
        : { ok: true, revision: last.revision, position: last.position };
    }
    const added = this.#add(stream, there, events);
    this.#appends += 1;
    if (this.#appends % STATISTICS_EVERY === 0) {
      const name = '$stats-127.0.0.1:2113';
      this.#add(name, this.#streams.get(name) ?? [], [system('$statsCollected')]);
    }
    return { ok: true, revision: there.length - 1, position: added?.position ?? null };
  }

  #add(stream: string, there: StoredRecord[], events: readonly ProposedEvent[]): StoredRecord | undefined {
    this.#streams.set(stream, there);
    const frames: Buffer[] = [];
    for (const [index, event] of events.entries()) {
      const record = {
        ...event,
        stream,
        revision: there.length,
        position: this.#end,
        created: BigInt(Date.now()) * 10_000n,
      };
      const frame = framed(record, index === events.length - 1);
      this.#end += frame.length;
      frames.push(frame);
      this.#keep(record);
    }
    // One write for all of an append: it is on disk whole, or cut off whole when the log is opened.
    if (frames.length > 0) this.#unwritten.push(Buffer.concat(frames));
    return there.at(-1);
  }

  #keep(record: StoredRecord): void {
    const there = this.#streams.get(record.stream) ?? [];
    this.#streams.set(record.stream, there);
    there.push(record);
    this.records.push(record);
    if (record.type !== '$metadata') return;
    const { $maxCount } = JSON.parse(Buffer.from(record.data).toString()) as { $maxCount?: number };
    if ($maxCount !== undefined) this.#kept.set(record.stream.slice('$$'.length), $maxCount);
  }

  async #flush(): Promise<void> {
    const wanted = this.records.length;
    while (this.#durable < wanted) await (this.#flushing ??= this.#write());
  }

  async #write(): Promise<void> {
    const upTo = this.records.length;
    await this.#file.appendFile(Buffer.concat(this.#unwritten.splice(0)));
    await this.#file.datasync();
    this.#durable = upTo;
    this.#flushing = null;
    this.emit('flushed');
  }

  #load(file: Buffer): void {
    let group: StoredRecord[] = [];
    for (let offset = 0; offset + FRAME_BYTES <= file.length;) {
      const length = file.readUInt32LE(offset);
      const body = file.subarray(offset + FRAME_BYTES, offset + FRAME_BYTES + length);
      if (body.length < length || crc32(body) !== file.readUInt32LE(offset + 4)) break;
      const { record, isLast } = unframed(body, offset);
      group.push(record);
      offset += FRAME_BYTES + length;
      if (!isLast) continue;
      for (const each of group) this.#keep(each);
      group = [];
      this.#end = offset;
    }
    this.#durable = this.records.length;
  }
}

const system = (type: string): ProposedEvent => ({
  id: crypto.randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from('{}'),
  metadata: none,
});

/** Where the events would lie; null: anywhere new. With `any`, EventStoreDB looks for the first event's id. */
function firstRevision(
  expected: Expected,
  there: readonly StoredRecord[],
  [first]: readonly ProposedEvent[],
): number | null {
  if (expected === 'no_stream') return 0;
  if (typeof expected === 'number') return expected + 1;
  const known = there.findIndex((record) => record.id === first?.id);
  return known === -1 ? null : known;
}

/** The last of these events, if exactly they lie there already: the append is a repetition. */
function repeated(
  there: readonly StoredRecord[],
  from: number | null,
  events: readonly ProposedEvent[],
): StoredRecord | null {
  if (from === null || events.length === 0) return null;
  if (!events.every((event, index) => there[from + index]?.id === event.id)) return null;
  return there[from + events.length - 1]!;
}

function framed({ data, metadata, ...rest }: StoredRecord, isLast: boolean): Buffer {
  const { created, ...named } = rest;
  const sizes = { data: data.length, metadata: metadata.length };
  const head = Buffer.from(JSON.stringify({ ...named, created: String(created), sizes, isLast }));
  const body = Buffer.concat([Buffer.alloc(4), head, data, metadata]);
  body.writeUInt32LE(head.length);
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.writeUInt32LE(body.length);
  frame.writeUInt32LE(crc32(body), 4);
  return Buffer.concat([frame, body]);
}

function unframed(body: Buffer, position: number): { record: StoredRecord; isLast: boolean } {
  const headEnd = 4 + body.readUInt32LE();
  const { sizes, isLast, created, ...named } = JSON.parse(body.subarray(4, headEnd).toString());
  const data = body.subarray(headEnd, headEnd + sizes.data);
  const metadata = body.subarray(headEnd + sizes.data);
  return { record: { ...named, position, created: BigInt(created), data, metadata }, isLast };
}
