// How far an index has come: a document in the index itself, so that the two cannot be apart.
import type { Client } from '@opensearch-project/opensearch';
import { isNotFound } from './opensearch-fault.ts';

const ID = '~progress';

/** 0: it has not begun. Throws where there is no index. */
export async function progressAt(client: Client, index: string): Promise<number> {
  try {
    const { body } = await client.get({ index, id: ID });
    const { _source: kept } = body as { _source?: { position?: unknown } };
    return Number(kept?.position ?? 0);
  } catch (error) {
    const { body } = error as { body?: { found?: boolean } };
    if (isNotFound(error) && body?.found === false) return 0;
    throw error;
  }
}

/** An older one changes nothing. */
export async function saveProgress(client: Client, index: string, position: number): Promise<void> {
  try {
    await client.index({
      index,
      id: ID,
      body: { position },
      version: position,
      version_type: 'external_gte',
      require_alias: true,
    });
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 409) throw error;
  }
}
