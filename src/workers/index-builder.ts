// Builds a new generation of the search index beside the one that serves: from the views as they are, then up to the end of
// the log, and only then it serves.
import type { EventLog } from '../ports/event-log.ts';
import type { SearchGenerations } from '../ports/search-documents.ts';
import type { ReadModels } from '../queries/query.ts';
import { documentsPosition, eventIdsAfter } from '../queries/search/search-documents.ts';
import type { GenerationWriter } from './generation-writer.ts';

export interface IndexBuilderParts {
  readonly db: ReadModels;
  readonly log: Pick<EventLog, 'lastPosition'>;
  readonly generations: SearchGenerations;
}

/** Of a page, and how many pages at once: some are read while others are written. */
const PAGE_SIZE = 1_000;
const PAGES_AT_ONCE = 3;

/** true: what `writer` writes, a generation that is new and empty, serves; false: it ended before. */
export async function buildIndex(
  { db, log, generations }: IndexBuilderParts,
  writer: GenerationWriter,
  signal: AbortSignal,
): Promise<boolean> {
  const from = await documentsPosition(db);
  await writeAll(db, writer, from, signal);
  if (signal.aborted) return false;
  await writer.claim();
  await writer.generation.advance(from);
  if (!(await writer.follow(signal, await log.lastPosition())) || signal.aborted) return false;
  await generations.serve(writer.generation);
  return true;
}

/** Every event there is; in what order does not matter. A page that fails ends the pages for all. */
async function writeAll(
  db: ReadModels,
  writer: GenerationWriter,
  from: number,
  signal: AbortSignal,
): Promise<void> {
  const pages = pagesOfEvents(db);
  const writePages = async (): Promise<void> => {
    for await (const ids of pages) {
      if (signal.aborted) return;
      await writer.write(ids, from, signal);
    }
  };
  await Promise.all(Array.from({ length: PAGES_AT_ONCE }, writePages));
}

async function* pagesOfEvents(db: ReadModels): AsyncGenerator<string[]> {
  let ids = await eventIdsAfter(db, null, PAGE_SIZE);
  for (; ids.length > 0; ids = await eventIdsAfter(db, ids.at(-1)!, PAGE_SIZE)) yield ids;
}
