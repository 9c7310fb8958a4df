import { expect, test } from 'vitest';
import { rebuiltSentence } from '../../src/cli/projection-commands.ts';

test('a rebuild that could not be compared says so where that was asked for, and nothing of it otherwise', () => {
  const rebuilt = { name: 'holds', generation: 2, events: 3, ms: 500, identical: null };
  expect(rebuiltSentence(rebuilt, true)).toContain('It was NOT compared');
  expect(rebuiltSentence(rebuilt, false)).toBe('holds is generation 2: 3 events in 0.5 s.');
  expect(rebuiltSentence({ ...rebuilt, identical: true }, true)).toContain('Every row is as it was.');
});
