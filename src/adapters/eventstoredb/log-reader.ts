// The whole log as the port shows it: only our own streams, by position, or only some types or streams of it.
import type { RecordedEvent } from '../../domain/event.ts';
import type { ReadAllOptions } from '../../ports/event-log.ts';
import { PAGE_CHARACTERS_MAX, charactersOf, onePage } from '../../ports/page-length.ts';
import { commitOf, type EventPages } from './event-pages.ts';
import { isShown, toRecorded } from './stored-events.ts';

const PAGE_EVENTS = 1_000;
/** Read backwards at first; EventStoreDB's own records are rarely more, and then the steps grow. */
const LOOK_BACK_EVENTS = 16;

export class LogReader {
  readonly #pages: EventPages;
  /** Position of the newest event of ours that was seen: nothing older is looked for. */
  #lastSeen = 0;

  constructor(pages: EventPages) {
    this.#pages = pages;
  }

  /** The client cannot filter this read, so types are chosen here; streams are read one by one. */
  async readAll(
    after: number,
    limit: number,
    { types, streams, fewerIfLong = false }: ReadAllOptions = {},
  ): Promise<RecordedEvent[]> {
    if (types?.length === 0 || limit <= 0) return [];
    const wanted = (event: RecordedEvent) => types?.includes(event.type) ?? true;
    if (streams) {
      const found = await this.#ofStreams(after, limit, [...new Set(streams)], wanted, fewerIfLong);
      return fewerIfLong ? onePage(found) : found;
    }
    const found: RecordedEvent[] = [];
    let charactersRead = 0;
    for (let from = after; ;) {
      const missing = limit - found.length;
      const page = await this.#pages.afterPosition(from, types ? PAGE_EVENTS : missing);
      for (const { event } of page.records) {
        if (!isShown(event)) continue;
        const recorded = toRecorded(event!);
        if (wanted(recorded) && found.push(recorded) === limit) return found;
      }
      charactersRead += page.characters;
      const isLong = charactersRead >= PAGE_CHARACTERS_MAX && found.length > 0;
      if (page.end || (fewerIfLong && isLong)) return found;
      from = commitOf(page.records.at(-1)!);
    }
  }

  /** Position of the newest event of ours; 0 when there is none. */
  async lastPosition(): Promise<number> {
    let from: number | null = null;
    for (let count = LOOK_BACK_EVENTS; ; count = Math.min(count * 4, PAGE_EVENTS)) {
      const records = await this.#pages.backwards(from, count);
      const known = this.#lastSeen;
      const newest = records.find((record) => isShown(record.event) || commitOf(record) <= known);
      if (newest !== undefined) {
        if (isShown(newest.event)) this.#lastSeen = Math.max(this.#lastSeen, commitOf(newest));
        return this.#lastSeen;
      }
      const oldest = records.at(-1);
      // Backwards is exclusive on the server, or brings the record itself again: either way it goes on.
      if (oldest === undefined || (records.length === 1 && commitOf(oldest) === from)) return 0;
      from = commitOf(oldest);
    }
  }

  async #ofStreams(
    after: number,
    limit: number,
    streams: string[],
    wanted: (event: RecordedEvent) => boolean,
    fewerIfLong: boolean,
  ): Promise<RecordedEvent[]> {
    const found = await Promise.all(
      streams.map((stream) => this.#ofStream(after, limit, stream, wanted, fewerIfLong)),
    );
    return found
      .flat()
      .sort((a, b) => a.position - b.position)
      .slice(0, limit);
  }

  async #ofStream(
    after: number,
    limit: number,
    stream: string,
    wanted: (event: RecordedEvent) => boolean,
    fewerIfLong: boolean,
  ): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    let characters = 0;
    for await (const page of this.#pages.ofStream(stream, await this.#firstAfter(after, stream))) {
      for (const event of page) {
        if (event.position <= after || !wanted(event)) continue;
        if (found.push(event) === limit) return found;
        if (fewerIfLong && (characters += charactersOf(event)) >= PAGE_CHARACTERS_MAX) return found;
      }
    }
    return found;
  }

  /** The first revision of a stream that lies after a position: streams know no positions, so it is searched for. */
  async #firstAfter(position: number, stream: string): Promise<number> {
    if (position === 0) return 0;
    const last = await this.#pages.lastOf(stream);
    if (last === null || last.position <= position) return (last?.revision ?? -1) + 1;
    let [low, high] = [0, last.revision];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const event = await this.#pages.eventAt(stream, middle);
      if (event.position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
