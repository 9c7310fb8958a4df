// Whether the index in OpenSearch holds exactly what the views say.
import { isDeepStrictEqual } from 'node:util';
import { toStored } from '../../src/adapters/opensearch/stored-event.ts';
import type { Db } from '../../src/projections/projection.ts';
import { documentsOf, eventIdsAfter } from '../../src/queries/search/search-documents.ts';

const ALL = 10_000;

/** What differs, in words, and how many documents there are. */
export async function indexComplaints(
  db: Db,
  url: string,
  alias: string,
): Promise<{ complaints: string[]; documents: number }> {
  const { documents } = await documentsOf(db, await eventIdsAfter(db, null, ALL));
  const answer = await fetch(`${url}/${alias}/_search?size=${ALL}&q=id:*`);
  const { hits } = (await answer.json()) as { hits: { hits: { _id: string; _source: unknown }[] } };
  const indexed = new Map(hits.hits.map(({ _id, _source }) => [_id, _source]));
  const complaints = documents
    .map((document) => [document.id, JSON.parse(JSON.stringify(toStored(document))) as unknown] as const)
    .filter(([id, stored]) => !isDeepStrictEqual(indexed.get(id), stored))
    .map(
      ([id, stored]) =>
        `event ${id}: the index has ${JSON.stringify(indexed.get(id))}, the views ${JSON.stringify(stored)}`,
    );
  if (indexed.size !== documents.length)
    complaints.push(`${indexed.size} documents in the index, ${documents.length} events in the views`);
  return { complaints, documents: documents.length };
}
