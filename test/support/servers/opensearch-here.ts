// Whether an OpenSearch can be had on this machine. Where it cannot, what rests on it is skipped, and the reason printed.
import { engineAnswers } from './containers.ts';
import { javaOf } from './java.ts';
import { JAVA_MIN } from './opensearch-jars.ts';

export const openSearchHere = await isHere();

async function isHere(): Promise<boolean> {
  if (process.env['TEST_OPENSEARCH_URL'] || (await engineAnswers())) return true;
  try {
    await javaOf(JAVA_MIN);
    return true;
  } catch (error) {
    console.log(`skipped: what rests on OpenSearch: ${(error as Error).message}`);
    return false;
  }
}
