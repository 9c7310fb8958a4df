// The end of a run of the distributed world: when all is well again everything must come to rest, every view must equal a
// fold of the log, and the index must say what the views say.
import { toStored } from '../../../src/adapters/opensearch/stored-event.ts';
import { Actor } from '../kernel/scheduler.ts';
import { claim } from '../referee/violation.ts';
import { generationKey, rowKey, type GenerationRow, type ParkedRow } from '../store/carry.ts';
import { documentsIn, type StreamRow } from '../store/document-statements.ts';
import { RELAY_KEY, type RelayRow } from '../store/feed-statements.ts';
import { INDEX_ALIAS, type EngineNode, type Surroundings } from './node.ts';
import { VIEWS } from './views.ts';
import type { Witness } from './witness.ts';

/** The longest pause of any worker, twice over. */
const REST_WITHIN_MS = 70_000;
const LOOK_EVERY_MS = 250;

type Parts = Surroundings & {
  readonly witness: Witness;
  readonly nodes: () => readonly EngineNode[];
};

export class FeedEnding {
  readonly #parts: Parts;
  readonly #actor = new Actor('referee');
  /** The index that is to be replaced, for streams were taken back that its documents rest on. */
  #outdated: string | null = null;
  #builder: EngineNode | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async comeToRest(stopped: () => boolean): Promise<void> {
    const { scheduler } = this.#parts;
    const byMs = scheduler.nowMs + REST_WITHIN_MS;
    for (;;) {
      const unrest = await this.#unrest();
      if (unrest === null || stopped()) return;
      claim(scheduler.nowMs < byMs, 13, () => `after healing there is no rest: ${unrest}`);
      await scheduler.pause(LOOK_EVERY_MS, this.#actor, 'looks around');
    }
  }

  judge(): void {
    for (const shape of VIEWS) this.#view(shape);
    this.#documents();
  }

  /** What is not at rest yet, in words; null: all is. */
  async #unrest(): Promise<string | null> {
    const { server, store, witness, nodes } = this.#parts;
    const head = server.events.length;
    const resting = nodes().find(({ running }) => !running);
    if (resting) return `${resting.actor.name} does not run`;
    const relayed = (store.get(RELAY_KEY) as RelayRow | undefined)?.position ?? 0;
    if (!witness.isPublished || relayed < head) return `the relay is at ${relayed} of ${head}`;
    const parked = store.keys('parked/').map((key) => store.get(key) as ParkedRow);
    for (const { projection, stream } of parked) {
      await nodes()[0]!
        .projector.retryParked(projection as never, stream)
        .catch(() => {});
      this.#parts.count('rare parked stream taken back');
      this.#outdated = 'yes';
    }
    // That took time, in which more may have come to pass.
    if (parked.length > 0) return 'streams were parked';
    for (const { name } of VIEWS) {
      const { position } = store.get(generationKey(name, 1)) as GenerationRow;
      if (position < head) return `the view ${name} is at ${position} of ${head}`;
    }
    return this.#indexUnrest(head);
  }

  /** The index does not hear of streams that are taken back: whoever does that has it built anew. */
  #indexUnrest(head: number): string | null {
    const { index, nodes } = this.#parts;
    const serving = index.aliases.get(INDEX_ALIAS);
    const kept = index.named(INDEX_ALIAS)?.documents.get(PROGRESS_ID)?.source as
      { position: number } | undefined;
    const position = kept?.position ?? 0;
    if (serving === undefined || position < head) return `the index is at ${position} of ${head}`;
    if (this.#outdated === 'yes') this.#outdated = serving;
    if (this.#outdated !== serving) return null;
    // Whoever was asked may have had to give way.
    if (this.#builder?.isIndexing !== true)
      this.#builder = nodes().find((node) => node.rebuildIndex()) ?? null;
    return 'the index is being built anew';
  }

  #view({ name, types, keyOf, rowOf }: (typeof VIEWS)[number]): void {
    const { server, store } = this.#parts;
    const rows = new Map<string, StreamRow>();
    for (const event of server.events)
      if (types.includes(event.type)) rows.set(keyOf(event), rowOf(rows.get(keyOf(event)), event));
    for (const [key, row] of rows) {
      const kept = JSON.stringify(store.get(rowKey(`${name}_g1`, name, key)));
      claim(
        kept === JSON.stringify(row),
        9,
        () => `${name}: ${key} is ${kept}, a fold of the log gives ${JSON.stringify(row)}`,
      );
    }
  }

  #documents(): void {
    const { index, store } = this.#parts;
    const kept = new Map(index.named(INDEX_ALIAS)!.documents);
    kept.delete(PROGRESS_ID);
    const due = documentsIn(store);
    claim(kept.size === due.length, 17, () => `the index has ${kept.size} documents of ${due.length}`);
    for (const document of due) {
      const [is, should] = [kept.get(document.id)?.source, toStored(document)].map((it) =>
        JSON.stringify(it),
      );
      claim(is === should, 17, () => `the index says of ${document.id} ${is}, and the views ${should}`);
    }
  }
}

const PROGRESS_ID = '~progress';
