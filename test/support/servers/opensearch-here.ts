// Whether an OpenSearch can be had on this machine. Where it cannot, what rests on it is skipped with the reason; with CI set,
// it fails instead.
import { engineAnswers } from './containers.ts';
import { javaOf } from './java.ts';
import { JAVA_MIN } from './opensearch-jars.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Why it is skipped, for the report. */
    reason?: string;
  }
}

/** Why there is none; null: there is. */
export const noOpenSearch = await reasonAgainst();

/** Options of a suite or a test that rests on it. */
export const onOpenSearch =
  noOpenSearch === null ? {} : { skip: true, meta: { reason: `no OpenSearch: ${noOpenSearch}` } };

async function reasonAgainst(): Promise<string | null> {
  if (process.env['TEST_OPENSEARCH_URL'] || (await engineAnswers())) return null;
  try {
    await javaOf(JAVA_MIN);
    return null;
  } catch (error) {
    if (process.env['CI']) throw error;
    return (error as Error).message;
  }
}
