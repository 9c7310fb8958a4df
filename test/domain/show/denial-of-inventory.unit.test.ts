// A whole sale with one bot in it: what it can keep from the others by holding and letting lapse, with and without a pause.
import { describe, expect, it } from 'vitest';
import { DAY, MINUTE, shop, ShowSpec } from './show-spec.ts';

describe('one bot among a thousand customers', () => {
  /** Each of 999 asks for two seats in turn and books; the bot takes all it can get whenever it can. Gives the most it kept. */
  function sale(show: ShowSpec): { kept: number; held: number; sold: number } {
    let [kept, held, sold] = [0, 0, 0];
    for (let n = 0; n < 999; n += 1) {
      for (;;) {
        const verdict = show.when(show.best('bot', 1, false));
        if ('rejected' in verdict) break;
        held += 1;
      }
      kept = Math.max(kept, show.state.tickets.get('bot') ?? 0);
      const bought = show.hold(`customer-${n}`, { bestAvailable: bestOf(show, 2) });
      if ('accepted' in show.when(bought)) {
        show.accepts(show.confirm(bought.holdId));
        sold += 2;
      }
      show.now += MINUTE;
    }
    show.isConsistent();
    return { kept, held, sold };
  }
  const bestOf = (show: ShowSpec, quantity: number) => ({
    categoryId: show.state.plan.categories[0]!.id,
    quantity,
    together: false,
  });
  const shape = { rows: 51, seatsPerRow: 40 };

  it('keeps at most its limit at any time, and nobody else goes without', () => {
    const { kept, held, sold } = sale(new ShowSpec(shape));
    expect([kept, sold]).toEqual([10, 1998]);
    expect(held).toBeGreaterThan(900);
  });

  it('with a cool-down gets to hold a few times a day only', () => {
    const { kept, held, sold } = sale(new ShowSpec(shape, { cooldownMs: DAY }));
    expect([kept, held, sold]).toEqual([10, 10, 1998]);
  });

  it('gains nothing from the ids of others: what it confirms of theirs is not found', () => {
    const show = new ShowSpec(shape);
    const holdId = show.held('ann', ['A-1']);
    const other = { clientId: 'bots', all: false };
    expect(show.refuses({ kind: 'ReleaseHold', holdId, caller: other }).code).toBe('HoldNotFound');
    show.accepts({ kind: 'ReleaseHold', holdId, caller: shop });
  });
});
