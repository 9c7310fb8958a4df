// The demo data at the start of an engine that has none.
import { PROJECTION_NAMES } from '../projections/projection.ts';
import type { Engine } from './engine.ts';

const VIEWS_WAIT_MS_MAX = 30_000;

/** Loads the demo, or the rest of it, if DEMO_DATA is on; gives the demo's key when it is made, this once. */
export async function prepareDemo(engine: Engine): Promise<string | null> {
  const { config, logger, clock, log, apiKeys, imports, projector } = engine;
  if (!config.demoData) return null;
  // Not to be loaded where there is no demo.
  const { demoLoaded, loadDemoData } = await import('../demo/demo-data.ts');
  const { demoKey } = await import('../demo/demo-key.ts');
  // Of several processes that start at once, one loads and the others find it there.
  await imports.exclusively('demo', async () => {
    if (await demoLoaded(engine)) return;
    const started = clock.now();
    const { venues, events, shows } = await loadDemoData({ engine, nowMs: started });
    // A first look at the search must find what was just announced.
    await projector.positions.waitFor(PROJECTION_NAMES, await log.lastPosition(), VIEWS_WAIT_MS_MAX);
    logger.info(
      `The demo is there: ${venues} venues, ${events} events, ${shows} shows (${clock.now() - started} ms).`,
    );
  });
  return demoKey(apiKeys);
}
