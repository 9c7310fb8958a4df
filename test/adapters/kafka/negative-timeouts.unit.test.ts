// Importing the adapter keeps one warning of kafkajs's away from stderr, and no other.
import { once } from 'node:events';
import { expect, it } from 'vitest';
import '../../../src/adapters/kafka/negative-timeouts.ts';

it('a pause below zero is not warned of; the next warning is heard', async () => {
  const first = once(process, 'warning') as Promise<[Error]>;
  setTimeout(() => {}, -1);
  process.emitWarning('something else', 'SomethingWarning');
  expect((await first)[0].name).toBe('SomethingWarning');
});
