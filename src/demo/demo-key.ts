// The key that comes with the demo: for trying out bookings and the organiser's calls without making a key first.
import type { ApiKeyStore } from '../ports/api-key-store.ts';
import { DEMO_SEED } from './demo-data.ts';
import { demoId } from './demo-ids.ts';

/** The secret, at the first start only: just its hash is kept. */
export async function demoKey(keys: Pick<ApiKeyStore, 'create'>, seed = DEMO_SEED): Promise<string | null> {
  const made = await keys.create({
    id: demoId(seed, 'key'),
    requestHash: 'demo',
    name: 'Demo organiser',
    scopes: ['browse', 'book', 'organize'],
  });
  return made.kind === 'created' ? made.secret : null;
}
