// docs/openapi.json is generated: what is committed must be what the engine says of itself today.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openApiFile } from '../scripts/openapi-docs.ts';

test('docs/openapi.json is up to date (else: npm run docs:openapi)', async () => {
  expect(readFileSync(new URL('../docs/openapi.json', import.meta.url), 'utf8')).toBe(await openApiFile());
});
