// Somebody who follows the map of a show: reads what comes, a little of it, or nothing, and believes what it was told.
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { codesOf, type AvailabilityJson } from '../live/world.ts';

type Delta = Pick<AvailabilityJson, 'areas'> & { readonly changes: readonly (readonly [number, number])[] };

const READS_PER_SECOND = 10;

export class Follower {
  revision = -1;
  codes: number[] = [];
  readonly areas = new Map<string, unknown>();
  /** `snapshot` or `delta` of each frame read, in order. */
  readonly kinds: string[] = [];
  /** By revision: when it was heard of, on the clock of `performance`. */
  readonly heardAtMs = new Map<number, number>();
  readonly #answer: IncomingMessage;
  #unread = '';
  #sipping: NodeJS.Timeout | undefined;

  private constructor(answer: IncomingMessage) {
    this.#answer = answer;
    answer.on('error', () => {}); // it left in the middle of a frame
  }

  /** Connects, and reads nothing yet: neither does Node, once its own buffer is full. */
  static join(url: string, showPath: string, headers: Record<string, string> = {}): Promise<Follower> {
    return new Promise((resolve, reject) => {
      const options = { agent: false, headers };
      get(`${url}${showPath}/availability/stream`, options, (answer) =>
        answer.statusCode === 200 ? resolve(new Follower(answer)) : reject(new Error(`${answer.statusCode}`)),
      ).on('error', reject);
    });
  }

  /** Reads all that comes from now on. */
  read(): this {
    clearInterval(this.#sipping);
    this.#answer.on('data', (bytes: Buffer) => this.#take(bytes));
    return this;
  }

  sip(bytesPerSecond: number): this {
    const bytes = bytesPerSecond / READS_PER_SECOND;
    const sip = () => {
      const sipped = this.#answer.read(bytes) as Buffer | null;
      if (sipped !== null) this.#take(sipped);
    };
    this.#sipping = setInterval(sip, 1_000 / READS_PER_SECOND);
    return this;
  }

  /** Bytes that its process has taken out of the socket. */
  get bytesRead(): number {
    return this.#answer.socket.bytesRead;
  }

  leave(): void {
    clearInterval(this.#sipping);
    this.#answer.destroy();
  }

  #take(bytes: Buffer): void {
    const frames = (this.#unread + bytes.toString('latin1')).split('\n\n');
    this.#unread = frames.pop()!;
    for (const frame of frames) {
      const [, id, kind, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
      if (data !== undefined) this.#believe(Number(id), kind!, data);
    }
  }

  #believe(revision: number, kind: string, data: string): void {
    this.revision = revision;
    this.kinds.push(kind);
    this.heardAtMs.set(revision, performance.now());
    const told = JSON.parse(data) as AvailabilityJson & Delta;
    if (kind === 'snapshot') this.codes = codesOf(told);
    else for (const [seat, code] of told.changes) this.codes[seat] = code;
    for (const area of told.areas) this.areas.set(area.id, area);
  }
}
