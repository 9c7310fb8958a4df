// Writes docs/openapi.json, the document that an engine serves at /openapi.json: `npm run docs:openapi`.
// A test compares the committed file with what this would write.
import { writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { systemClock } from '../src/adapters/system/system-clock.ts';
import { systemIds } from '../src/adapters/system/system-ids.ts';
import type { ApiDependencies } from '../src/api/dependencies.ts';
import type { KeyRing } from '../src/api/request/key-ring.ts';
import { createServer } from '../src/api/server.ts';

const file = new URL('../docs/openapi.json', import.meta.url);

/** The content of the file: what the real server says of itself, with nothing behind it. */
export async function openApiFile(): Promise<string> {
  const timer = { begin: () => 0, end: () => {} };
  const metrics = { contentType: 'text/plain', text: () => Promise.resolve(''), routeTimer: () => timer };
  const app = await createServer({ metrics } as unknown as ApiDependencies, {
    keys: {} as KeyRing,
    clock: systemClock,
    ids: systemIds,
    logger: pino({ level: 'silent' }),
    options: {
      trustProxy: false,
      corsOrigins: [],
      rateLimits: null,
      requestTimeoutMs: 0,
      doors: () => 'open',
    },
  });
  const document = await app.inject('/openapi.json');
  await app.close();
  return `${JSON.stringify(document.json(), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(file, await openApiFile());
