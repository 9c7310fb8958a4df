// Denial of inventory: what one customer can keep from the others by holding and letting lapse, with and without a pause.
import { describe, expect, it } from 'vitest';
import { DAY, iso, MINUTE, ShowSpec, shop, T0 } from './show-spec.ts';

const TTL = 10 * MINUTE;
const HOUR = 60 * MINUTE;

/** Holds and lets lapse so many times; the clock stands at the last lapse, which is not recorded yet. */
function letLapse(show: ShowSpec, customerId: string, times: number, seats = ['A-1']): void {
  for (let i = 0; i < times; i += 1) {
    show.held(customerId, seats);
    show.now += TTL;
  }
}

describe('a customer who lets three holds in a row lapse', () => {
  it('pauses from the third lapse on for the cool-down of the show, and is told until when', () => {
    const show = new ShowSpec({}, { cooldownMs: HOUR });
    letLapse(show, 'bot', 3);
    const lapsedAt = T0 + 3 * TTL;
    const until = iso(lapsedAt + HOUR);
    for (const later of [0, HOUR - 1]) {
      show.now = lapsedAt + later;
      expect(show.refuses(show.hold('bot', ['A-1']))).toEqual({
        code: 'CoolingDown',
        detail: expect.stringContaining(`3 holds in a row lapse; hold again from ${until} on`),
        members: { until },
      });
      expect(show.refuses(show.best('bot', 1)).code).toBe('CoolingDown');
    }
    show.now = lapsedAt + HOUR;
    show.held('bot', ['A-1']);
    show.isConsistent();
  });

  it('is free to hold after two, and counts anew after the pause', () => {
    const show = new ShowSpec({}, { cooldownMs: HOUR });
    letLapse(show, 'bot', 2);
    letLapse(show, 'bot', 1);
    show.now += HOUR;
    letLapse(show, 'bot', 3);
    expect(show.refuses(show.hold('bot', ['A-1'])).code).toBe('CoolingDown');
  });

  it('may not join the line either, but keeps the place there that it has', () => {
    const show = new ShowSpec({ categories: ['Stalls', 'Circle'], seatsPerRow: 1 }, { cooldownMs: HOUR });
    const sold = show.booked('ann', ['B-1']);
    const entryId = show.joined('bot', 1, { categoryId: 'Circle' });
    letLapse(show, 'bot', 3);
    expect(show.refuses(show.join('bot', 1, { categoryId: 'Stalls' })).code).toBe('CoolingDown');
    show.accepts(show.cancel(sold));
    expect(show.entry(entryId).status).toBe('offered');
  });

  it('has not, once it has booked: the booking ends the row', () => {
    const show = new ShowSpec({}, { cooldownMs: HOUR });
    letLapse(show, 'ann', 2);
    show.booked('ann', ['A-2']);
    letLapse(show, 'ann', 2);
    show.held('ann', ['A-1']);
    expect(show.state.lapses.get('ann')?.count).toBe(2);
  });

  it('is not held up by others, nor holds them up', () => {
    const show = new ShowSpec({}, { cooldownMs: HOUR });
    letLapse(show, 'bot', 3);
    show.held('ann', ['A-1']);
    show.accepts(show.confirm(show.held('bob', ['A-2'])));
  });

  it('pauses after holds that lapse together as well, counted from the last', () => {
    const show = new ShowSpec({}, { cooldownMs: HOUR });
    for (let n = 1; n <= 5; n += 1) {
      show.held('bot', [`A-${n}`]);
      show.now += 1;
    }
    show.now = T0 + TTL + 4;
    expect(show.refuses(show.hold('bot', ['A-1'])).members).toEqual({ until: iso(T0 + TTL + 4 + HOUR) });
    expect(show.state.lapses.get('bot')?.count).toBe(5);
  });
});

describe('offers', () => {
  it('that lapse count as holds do', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 }, { cooldownMs: HOUR });
    const [booking] = show.sellOut();
    show.joined('bot');
    show.accepts(show.cancel(booking!));
    show.now += TTL;
    letLapse(show, 'bot', 2);
    const owner = show.booked('ann', ['A-1']);
    expect(show.refuses(show.join('bot')).code).toBe('CoolingDown');
    expect(show.bookingOf(owner).status).toBe('confirmed');
  });
});

describe('the cool-down', () => {
  it('is none unless the show has one, and given back is not lapsed', () => {
    const show = new ShowSpec();
    letLapse(show, 'bot', 9);
    show.held('bot', ['A-1']);
    expect([show.state.lapses.size, show.view.cooldownMs]).toEqual([0, 0]);
    const other = new ShowSpec({}, { cooldownMs: HOUR });
    for (let i = 0; i < 9; i += 1) other.accepts(other.release(other.held('ann', ['A-1'])));
    other.held('ann', ['A-1']);
  });

  it('counts from the edit on that gives it, and ends with the edit that takes it away', () => {
    const show = new ShowSpec();
    letLapse(show, 'bot', 3);
    expect(show.accepts({ kind: 'EditShow', cooldownMs: DAY, reason: null })).toEqual([
      { type: 'ShowRulesChanged', data: { cooldownMs: DAY, reason: null } },
    ]);
    expect(show.accepts({ kind: 'EditShow', cooldownMs: DAY, reason: null })).toEqual([]);
    letLapse(show, 'bot', 3);
    expect(show.refuses(show.hold('bot', ['A-1'])).code).toBe('CoolingDown');
    show.accepts({ kind: 'EditShow', cooldownMs: 0, reason: null });
    show.held('bot', ['A-1']);
    show.isConsistent();
  });

  it('is in the state that a snapshot keeps', () => {
    const show = new ShowSpec({}, { cooldownMs: HOUR });
    letLapse(show, 'bot', 3);
    show.when({ kind: 'ExpireDue' });
    const { save, load } = show.aggregate.snapshot!;
    show.state = load(JSON.parse(JSON.stringify(save(show.state))));
    expect(show.refuses(show.hold('bot', ['A-1'])).code).toBe('CoolingDown');
    show.isConsistent();
  });
});

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
