// Generations of an index in memory, which fail when a test says so.
import type {
  DocumentBatch,
  RefusedDocument,
  SearchGeneration,
  SearchGenerations,
} from '../../src/ports/search-documents.ts';

class MemoryGeneration implements SearchGeneration {
  readonly name: string;
  readonly ids = new Set<string>();
  readonly #onPut: () => Promise<void>;
  origin: string | null = null;
  #position = 0;

  constructor(name: string, onPut: () => Promise<void>) {
    this.name = name;
    this.#onPut = onPut;
  }

  async belongTo(origin: string): Promise<void> {
    this.origin = origin;
  }

  async progress(): Promise<number> {
    return this.#position;
  }

  async put({ documents }: DocumentBatch): Promise<readonly RefusedDocument[]> {
    await this.#onPut();
    for (const { id } of documents) this.ids.add(id);
    return [];
  }

  async advance(position: number): Promise<void> {
    this.#position = position;
  }
}

export class MemoryGenerations implements SearchGenerations {
  readonly made: MemoryGeneration[] = [];
  /** In the order in which they came to serve. */
  readonly served: MemoryGeneration[] = [];
  /** What happens before documents are written. */
  onPut = (): Promise<void> => Promise.resolve();

  /** A newer program has made what serves. */
  isNewer = false;

  async serving(): Promise<MemoryGeneration | 'newer' | null> {
    return this.isNewer ? 'newer' : (this.served.at(-1) ?? null);
  }

  async create(): Promise<MemoryGeneration> {
    const generation = new MemoryGeneration(`g${this.made.length + 1}`, () => this.onPut());
    this.made.push(generation);
    return generation;
  }

  async serve(generation: SearchGeneration): Promise<void> {
    this.served.push(this.made.find(({ name }) => name === generation.name)!);
  }
}
