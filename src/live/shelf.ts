// The shows in memory: loaded once however many ask, bounded in bytes, least recently used out first, watched ones never.
import { idOf, type RecordedEvent } from '../domain/event.ts';
import type { LiveShow } from './live-show.ts';
import type { ShowLoader } from './loader.ts';

export interface Watched {
  readonly show: LiveShow;
  readonly stop: () => void;
}

interface Slot {
  readonly show: LiveShow;
  bytes: number;
  measuredAt: number;
  readonly watchers: Set<() => void>;
}

interface Load {
  readonly done: Promise<LiveShow | null>;
  /** Highest revision that came by meanwhile. */
  seen: number;
}

/** A show's memory is measured again after so many revisions. */
const MEASURE_EACH = 64;

export class ShowShelf {
  readonly #loader: ShowLoader;
  readonly #bytesMax: number;
  /** In order of use. */
  readonly #slots = new Map<string, Slot>();
  readonly #loads = new Map<string, Load>();
  #newest = '';
  #bytes = 0;

  constructor(loader: ShowLoader, bytesMax: number) {
    this.#loader = loader;
    this.#bytesMax = bytesMax;
  }

  get count(): number {
    return this.#slots.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What is in memory; undefined: it must be read. */
  peek(showId: string): LiveShow | undefined {
    const slot = this.#slots.get(showId);
    if (slot && showId !== this.#newest) this.#touch(showId, slot);
    return slot?.show;
  }

  /** From memory or else from its stream; null: there is no such show, and nothing stays behind. */
  async get(showId: string): Promise<LiveShow | null> {
    const slot = this.#slots.get(showId);
    if (!slot) return this.#loads.get(showId)?.done ?? this.#load(showId);
    if (showId !== this.#newest) this.#touch(showId, slot);
    return slot.show;
  }

  /** Keeps a show in memory until `stop`, and calls `onChange` after each of its changes. */
  async watch(showId: string, onChange: () => void): Promise<Watched | null> {
    for (;;) {
      const show = await this.get(showId);
      if (!show) return null;
      const slot = this.#slots.get(showId);
      if (slot?.show !== show) continue; // it left again before this turn
      const watcher = () => onChange();
      slot.watchers.add(watcher);
      return { show, stop: () => void slot.watchers.delete(watcher) };
    }
  }

  /** The show in memory that an event belongs to, if any. */
  receive({ stream, revision }: RecordedEvent): LiveShow | null {
    if (!stream.startsWith('show-')) return null;
    const showId = idOf(stream);
    const load = this.#loads.get(showId);
    if (load) load.seen = Math.max(load.seen, revision);
    return this.#slots.get(showId)?.show ?? null;
  }

  /** To be called after events were applied to a show. */
  changed(show: LiveShow): void {
    const slot = this.#slots.get(show.id);
    if (slot?.show !== show) return;
    if (show.revision - slot.measuredAt >= MEASURE_EACH) this.#measure(slot);
    this.#tell(slot);
  }

  /** Gives up a show that cannot be followed; whoever watches it is told. */
  drop(show: LiveShow): void {
    const slot = this.#slots.get(show.id);
    if (slot?.show !== show) return;
    this.#remove(slot);
    show.gone = true;
    this.#tell(slot);
  }

  close(): void {
    for (const { show } of this.#slots.values()) show.waiters.close();
  }

  #tell({ show, watchers }: Slot): void {
    for (const watcher of watchers) watcher();
    show.waiters.notify();
  }

  #load(showId: string): Promise<LiveShow | null> {
    const load: Load = {
      done: this.#readAll(showId, () => load.seen).finally(() => this.#loads.delete(showId)),
      seen: -1,
    };
    this.#loads.set(showId, load);
    return load.done;
  }

  /** What came by while the stream was read has been read if the reading began after it: so read on until it has. */
  async #readAll(showId: string, seen: () => number): Promise<LiveShow | null> {
    let show = await this.#loader.open(showId);
    while (seen() > (show?.revision ?? -1))
      show = await (show ? this.#loader.catchUp(show) : this.#loader.open(showId));
    if (!show) return null;
    const slot: Slot = { show, bytes: 0, measuredAt: 0, watchers: new Set() };
    this.#slots.set(showId, slot);
    this.#newest = showId;
    this.#measure(slot);
    return show;
  }

  #touch(showId: string, slot: Slot): void {
    this.#newest = showId;
    this.#slots.delete(showId);
    this.#slots.set(showId, slot);
  }

  #measure(slot: Slot): void {
    this.#bytes += slot.show.bytes - slot.bytes;
    slot.bytes = slot.show.bytes;
    slot.measuredAt = slot.show.revision;
    if (this.#bytes > this.#bytesMax) this.#evict();
  }

  #evict(): void {
    for (const slot of this.#slots.values()) {
      if (this.#bytes <= this.#bytesMax) return;
      if (slot.watchers.size === 0 && slot.show.id !== this.#newest) this.#remove(slot);
    }
  }

  #remove(slot: Slot): void {
    this.#slots.delete(slot.show.id);
    this.#bytes -= slot.bytes;
  }
}
