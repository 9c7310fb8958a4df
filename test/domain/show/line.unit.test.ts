// The line itself: who stands where and since when, moving within it and leaving it, at any length.
import { describe, expect, it } from 'vitest';
import { Line } from '../../../src/domain/show/line.ts';
import { entryChangedAt } from '../../../src/domain/show/views.ts';
import { iso, MINUTE, ShowSpec, T0, types } from './show-spec.ts';

const statuses = (show: ShowSpec, entries: string[]): string[] => entries.map((e) => show.entry(e).status);
/** A sold-out row of n seats. */
function full(n: number): { show: ShowSpec; bookings: string[] } {
  const show = new ShowSpec({ rows: 1, seatsPerRow: n });
  return { show, bookings: show.sellOut() };
}

describe('the line', () => {
  it('counts those still waiting in front, and tells when that changed', () => {
    const { show, bookings } = full(2);
    const [ann, bob, cat, dan] = ['ann', 'bob', 'cat', 'dan'].map((who) => show.joined(who)) as [
      string,
      string,
      string,
      string,
    ];
    const before = show.state.revision;
    expect(entryChangedAt(show.state, ann, show.state.lastAt)).toBeLessThanOrEqual(before);
    show.accepts(show.leave(bob));
    expect([show.entry(cat).ahead, show.entry(dan).ahead]).toEqual([1, 2]);
    expect(entryChangedAt(show.state, ann, show.state.lastAt)).toBeLessThanOrEqual(before);
    expect(entryChangedAt(show.state, dan, show.state.lastAt)).toBe(show.state.revision);
    show.accepts(show.cancel(bookings[0]!));
    expect([show.entry(ann).status, show.entry(cat).ahead, show.entry(dan).ahead]).toEqual(['offered', 0, 1]);
  });

  it('is changed by an organiser only with a reason, and served again after it', () => {
    const { show, bookings } = full(4);
    const [ann, bob, cat] = [show.joined('ann', 3), show.joined('bob'), show.joined('cat')];
    expect(show.accepts({ kind: 'MoveEntry', entryId: cat, ahead: 0, reason: 'wheelchair' })).toMatchObject([
      { type: 'WaitlistMoved', data: { entryId: cat, ahead: 0, reason: 'wheelchair' } },
    ]);
    expect([cat, ann, bob].map((e) => show.entry(e).ahead)).toEqual([0, 1, 2]);
    show.accepts(show.cancel(bookings[0]!));
    show.accepts(show.cancel(bookings[1]!));
    expect(statuses(show, [ann, bob, cat])).toEqual(['waiting', 'waiting', 'offered']);
    const events = show.accepts({ kind: 'RemoveEntry', entryId: ann, reason: 'double' });
    expect(types(events)).toEqual(['WaitlistLeft', 'SeatsOffered']);
    expect(statuses(show, [ann, bob, cat])).toEqual(['left', 'offered', 'offered']);
    show.isConsistent();
  });

  it('is joined at its end: behind all who joined or were moved there before', () => {
    const { show } = full(1);
    const [event] = show.accepts(show.join('ann'));
    expect(event).toMatchObject({ type: 'WaitlistJoined', data: { place: show.state.revision } });
    const [ann, bob, cat] = ['entry-ann-Stalls', show.joined('bob'), show.joined('cat')];
    const [moved] = show.accepts({ kind: 'MoveEntry', entryId: ann, ahead: 99, reason: 'late' });
    expect(moved).toMatchObject({ type: 'WaitlistMoved', data: { ahead: 2, place: show.state.revision } });
    const dan = show.joined('dan');
    expect([bob, cat, ann, dan].map((e) => show.entry(e).ahead)).toEqual([0, 1, 2, 3]);
    for (const [entryId, ahead] of [
      [bob, 0],
      [dan, 3],
      [dan, 99],
    ] as const)
      expect(show.accepts({ kind: 'MoveEntry', entryId, ahead, reason: 'r' })).toEqual([]);
    show.isConsistent();
  });

  it('is served at once when whoever can be served is moved to its head', () => {
    const { show, bookings } = full(4);
    const [ann, bob] = [show.joined('ann', 3), show.joined('bob')];
    show.accepts(show.cancel(bookings[0]!));
    expect(statuses(show, [ann, bob])).toEqual(['waiting', 'waiting']);
    const events = show.accepts({ kind: 'MoveEntry', entryId: bob, ahead: 0, reason: 'wheelchair' });
    expect(types(events)).toEqual(['WaitlistMoved', 'SeatsOffered']);
    expect(statuses(show, [ann, bob])).toEqual(['waiting', 'offered']);
  });

  it('is left by its customer’s front end or an organiser, once', () => {
    const { show } = full(1);
    const ann = show.joined('ann');
    const leave = (all: boolean) =>
      ({ kind: 'LeaveWaitlist', entryId: ann, caller: { clientId: 'other', all } }) as const;
    expect(show.refuses(leave(false)).code).toBe('EntryNotFound');
    expect(types(show.accepts(leave(true)))).toEqual(['WaitlistLeft']);
    expect(show.accepts(leave(true))).toEqual([]);
    expect(show.accepts(show.leave(ann))).toEqual([]);
  });

  it('agrees with a plain list, whatever happens to it', () => {
    const line = new Line();
    let plain: { entryId: string; place: number; changedAt: number }[] = [];
    let seed = 3;
    const random = (n: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % n;
    for (let revision = 1; revision <= 600; revision += 1) {
      // fewer join than leave from the middle on, so that it grows long and then empties
      const joins = random(10) < (revision < 250 ? 7 : 3);
      const [from, to] = [random(plain.length || 1), random(plain.length || 1)];
      const someone = plain[from];
      if (joins || !someone) {
        const one = { entryId: `entry-${revision}`, place: revision, changedAt: revision };
        line.append(one);
        plain.push(one);
      } else if (random(8) > 0) {
        line.remove(someone.entryId, revision);
        plain = plain.filter((w) => w !== someone);
        plain = plain.map((w, i) => (i < from ? w : { ...w, changedAt: revision }));
      } else if (from !== to) {
        const others = plain.filter((w) => w !== someone);
        const place = line.placeBehind(to, someone.entryId, revision);
        const [front, back] = [others[to - 1]?.place ?? -Infinity, others[to]?.place ?? Infinity];
        if (Number.isNaN(place)) continue;
        expect(front < place && place < back).toBe(true);
        line.move(someone.entryId, to, place, revision);
        others.splice(to, 0, { ...someone, place });
        const before = plain;
        plain = others.map((w, i) => (w.entryId === before[i]!.entryId ? w : { ...w, changedAt: revision }));
      }
      expect(line.size).toBe(plain.length);
      if (revision % 15 > 0) continue;
      expect(line.list()).toEqual(plain);
      expect([...line.inOrder()]).toEqual(plain.map((w) => w.entryId));
      expect(plain.map((w) => line.ahead(w.entryId))).toEqual(plain.map((_, i) => i));
    }
  });

  it('knows nobody who is not in it', () => {
    const line = new Line();
    line.append({ entryId: 'ann', place: 1, changedAt: 1 });
    line.append({ entryId: 'bob', place: 2, changedAt: 2 });
    line.remove('nobody', 3);
    expect(line.size).toBe(2);
    expect([line.ahead('bob'), line.ahead('nobody')]).toEqual([1, 0]);
    expect([line.aheadChangedAt('bob'), line.aheadChangedAt('nobody')]).toEqual([2, -1]);
  });

  it('skips whoever leaves while it is walked', () => {
    const line = new Line();
    for (const entryId of ['ann', 'bob', 'cat']) line.append({ entryId, place: 1, changedAt: 1 });
    const seen: string[] = [];
    for (const entryId of line.inOrder()) {
      seen.push(entryId);
      line.remove('bob', 2);
    }
    expect(seen).toEqual(['ann', 'cat']);
  });

  it('of many thousands is walked, left and counted quickly and exactly', () => {
    const { show } = full(1);
    const entries = Array.from({ length: 2000 }, (_, i) => show.joined(`c${i}`));
    const left = entries.filter((_, i) => i % 3 === 0);
    for (const e of left) show.accepts(show.leave(e));
    const waiting = entries.filter((_, i) => i % 3 !== 0);
    expect(waiting.map((e) => show.entry(e).ahead)).toEqual(waiting.map((_, i) => i));
    show.isConsistent();
  });
});

describe('a place in the line', () => {
  it('says at which revision it last changed; one that is not there never did', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
    const [booking] = show.sellOut();
    const [ann, bob, cat] = ['ann', 'bob', 'cat'].map((customer) => show.joined(customer)) as [
      string,
      string,
      string,
    ];
    const joined = show.state.revision;
    expect([
      entryChangedAt(show.state, 'nobody', show.state.lastAt),
      entryChangedAt(show.state, cat, show.state.lastAt),
    ]).toEqual([-1, joined]);
    show.accepts(show.leave(bob));
    expect([ann, bob, cat].map((id) => entryChangedAt(show.state, id, show.state.lastAt))).toEqual([
      joined - 2,
      joined + 1,
      joined + 1,
    ]);
    show.accepts(show.cancel(booking!));
    expect(entryChangedAt(show.state, ann, show.state.lastAt)).toBe(show.state.revision);
    expect(show.entry(cat).ahead).toBe(0);
  });

  it('changes when its offer is put off by checkout', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
    const [booking] = show.sellOut();
    const ann = show.joined('ann');
    show.accepts(show.cancel(booking!));
    const { holdId } = show.entry(ann).offer!;
    show.accepts({ kind: 'ExtendHold', holdId, until: iso(T0 + 12 * MINUTE) });
    expect(show.entry(ann).offer!.until).toBe(iso(T0 + 12 * MINUTE));
    expect(entryChangedAt(show.state, ann, show.state.lastAt)).toBe(show.state.revision);
  });

  it('has room for some fifty moves to one spot, then says so; entries that are over are removed in vain', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
    show.sellOut();
    const entries = Array.from({ length: 4 }, (_, i) => show.joined(`customer-${i}`));
    const move = (entryId: string, ahead: number) =>
      ({ kind: 'MoveEntry', entryId, ahead, reason: 'r' }) as const;
    let moves = 0;
    for (; moves < 200; moves += 1) {
      const verdict = show.when(move(entries[2 + (moves % 2)]!, 1));
      if ('accepted' in verdict) continue;
      const message = 'Too many entries were moved to this very spot; move this one one place further.';
      expect(verdict.rejected).toEqual({
        code: 'InvalidRequest',
        detail: message,
        members: { errors: [{ pointer: '/ahead', code: 'noRoom', message }] },
      });
      break;
    }
    expect(moves).toBeGreaterThan(40);
    expect(moves).toBeLessThan(70);
    show.accepts(show.leave(entries[0]!));
    expect(show.accepts({ kind: 'RemoveEntry', entryId: entries[0]!, reason: 'r' })).toEqual([]);
    expect(show.refuses({ kind: 'RemoveEntry', entryId: 'nobody', reason: 'r' }).code).toBe('EntryNotFound');
    expect(show.refuses(move('nobody', 0)).code).toBe('EntryNotFound');
    show.isConsistent();
  });

  it('is given up by an organiser with the offer that it has', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
    const [booking] = show.sellOut();
    const entryId = show.joined('ann');
    show.accepts(show.cancel(booking!));
    const events = show.accepts({ kind: 'RemoveEntry', entryId, reason: 'r' });
    expect(events.map(({ type }) => type)).toEqual(['OfferDeclined', 'WaitlistLeft']);
    expect([show.entry(entryId).status, show.seat('A-1')]).toEqual(['left', 0]);
  });
});
