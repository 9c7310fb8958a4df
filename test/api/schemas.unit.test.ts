// What the schemas of bodies let through to the domain, and the codes of what they do not.
import { expect, it } from 'vitest';
import { showBody } from '../../src/api/schemas/managing.ts';

const show = {
  venueId: 'v',
  seatingPlanId: 'p',
  startsAt: '2027-05-01T19:00:00Z',
  prices: { Stalls: { amount: 1, currency: 'EUR' } },
};

it('whether times make sense is for the domain to say: a show may end as it starts', () => {
  for (const endsAt of [show.startsAt, '2027-05-01T18:00:00Z'])
    expect(showBody.safeParse({ ...show, endsAt }).success).toBe(true);
});
