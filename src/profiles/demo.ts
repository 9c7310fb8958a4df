// The demo data at the start of an engine that has none.
import { demoLoaded, loadDemoData } from '../demo/demo-data.ts';
import { demoKey } from '../demo/demo-key.ts';
import type { Engine } from './engine.ts';

/** Loads the demo, or the rest of it, if DEMO_DATA is on; gives the demo's key when it is made, this once. */
export async function prepareDemo(engine: Engine): Promise<string | null> {
  const { config, logger, clock, apiKeys, imports } = engine;
  if (!config.demoData) return null;
  // Of several processes that start at once, one loads and the others find it there.
  await imports.exclusively('demo', async () => {
    if (await demoLoaded(engine)) return;
    const started = clock.now();
    const { venues, events, shows } = await loadDemoData({ engine, nowMs: started });
    logger.info(
      `The demo is there: ${venues} venues, ${events} events, ${shows} shows (${clock.now() - started} ms).`,
    );
  });
  return demoKey(apiKeys);
}
