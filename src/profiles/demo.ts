// The demo data at the start of an engine that has none.
import { PROJECTION_NAMES } from '../projections/projection.ts';
import type { Engine } from './engine.ts';
import { showKey } from './running.ts';

/** What a process that loads it waits for, at `/readyz`. */
export const DEMO_LOADING =
  'The demo is being loaded; the process can work when it is there (DEMO_DATA=off starts without it).';

const VIEWS_WAITS_MAX = 30;
const VIEWS_WAIT_MS = 1_000;

/** Loads the demo, or the rest of it, and shows its key when it is made, if DEMO_DATA is on; breaks off when `asked` aborts. */
export async function prepareDemo(engine: Engine, asked?: AbortSignal): Promise<void> {
  const { config, apiKeys, imports } = engine;
  if (!config.demoData) return;
  // Not to be loaded where there is no demo.
  const { demoKey } = await import('../demo/demo-key.ts');
  showKey("demo organiser's", await demoKey(apiKeys));
  try {
    // Of several processes that start at once, one loads and the others find it there.
    await imports.exclusively('demo', () => load(engine, asked), asked);
  } catch (error) {
    if (asked?.aborted !== true) throw error;
  }
}

async function load(engine: Engine, asked: AbortSignal | undefined): Promise<void> {
  const { logger, clock, log, projector } = engine;
  const { demoLoaded, loadDemoData } = await import('../demo/demo-data.ts');
  if (await demoLoaded(engine)) return;
  const started = clock.now();
  const { venues, events, shows } = await loadDemoData({
    engine,
    nowMs: started,
    ...(asked && { signal: asked }),
  });
  // A first look at the search must find what was just announced.
  const position = await log.lastPosition();
  for (let waits = 0; waits < VIEWS_WAITS_MAX; waits += 1) {
    if ((await projector.positions.waitFor(PROJECTION_NAMES, position, VIEWS_WAIT_MS)) >= position) break;
    asked?.throwIfAborted();
  }
  logger.info(
    `The demo is there: ${venues} venues, ${events} events, ${shows} shows (${clock.now() - started} ms).`,
  );
}
