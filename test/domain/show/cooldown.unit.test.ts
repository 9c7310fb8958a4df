// The pause of a customer who lets holds lapse: when it begins and ends, what counts, and whom it does not touch.
import { describe, expect, it } from 'vitest';
import { DAY, iso, MINUTE, ShowSpec, T0 } from './show-spec.ts';

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

  it('pauses however long ago the first two were, where no booking is between', () => {
    const show = new ShowSpec({}, { cooldownMs: HOUR });
    letLapse(show, 'bot', 2);
    show.now += DAY;
    letLapse(show, 'bot', 1);
    expect(show.refuses(show.hold('bot', ['A-1'])).code).toBe('CoolingDown');
  });

  it('counts as a first what lapses when the pause is just over', () => {
    const show = new ShowSpec({}, { cooldownMs: MINUTE });
    for (const seat of ['A-1', 'A-2', 'A-3']) show.held('bot', [seat]);
    show.now += MINUTE;
    show.held('bot', ['A-4']);
    show.now += TTL;
    show.held('bot', ['A-1']);
    expect(show.state.lapses.get('bot')).toEqual({ count: 1, lastMs: T0 + MINUTE + TTL });
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
    const booking = show.booked('bob', ['A-2']);
    expect(show.bookingOf(booking).status).toBe('confirmed');
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
    const snapshot = show.aggregate.snapshot!;
    show.state = snapshot.load(JSON.parse(JSON.stringify(snapshot.save(show.state))));
    expect(show.refuses(show.hold('bot', ['A-1'])).code).toBe('CoolingDown');
    show.isConsistent();
  });
});
