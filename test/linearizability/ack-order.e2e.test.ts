// No acknowledgement leaves before its commit is on the disk, asked of Postgres itself.
import { expect, test } from 'vitest';
import { ackOrder } from './ack-order/ack-order.ts';

const MINUTES = 60_000;

test(
  'for 10,000 acknowledgements, the log was flushed past the commit before the answer left',
  { timeout: 20 * MINUTES },
  async () => {
    const seen = await ackOrder(10_000, 'on');
    expect(seen).toMatchObject({ tooEarly: 0, unseen: 0 });
    expect(seen.acknowledgements).toBeGreaterThanOrEqual(10_000);
  },
);

test('the check sees acknowledgements that leave before the flush', { timeout: 20 * MINUTES }, async () => {
  const { acknowledgements, tooEarly } = await ackOrder(500, 'off');
  expect(tooEarly).toBeGreaterThan(acknowledgements / 10);
});
