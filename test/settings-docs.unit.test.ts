// docs/settings.md and .env.example are generated: what is committed must be what the settings say today.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { settingsFiles } from '../scripts/settings-docs.ts';

test.each(Object.entries(settingsFiles()))(
  '%s is up to date (else: npm run docs:settings)',
  (path, content) => {
    expect(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).toBe(content);
  },
);
