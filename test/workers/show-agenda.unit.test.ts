// The agenda gives shows when they are due, earliest first, each once.
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ShowAgenda } from '../../src/workers/show-agenda.ts';

it('gives each show at the earliest time that was named for it', () => {
  const noted = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(100)), { maxLength: 60 });
  fc.assert(
    fc.property(noted, fc.nat(100), (notes, nowMs) => {
      const agenda = new ShowAgenda();
      const earliest = new Map<string, number>();
      for (const [show, dueMs] of notes) {
        agenda.add(`show ${show}`, dueMs);
        earliest.set(`show ${show}`, Math.min(dueMs, earliest.get(`show ${show}`) ?? Infinity));
      }
      const due = [...earliest].filter(([, dueMs]) => dueMs <= nowMs);
      const taken: string[] = [];
      for (let show = agenda.take(nowMs); show !== null; show = agenda.take(nowMs)) taken.push(show);
      expect(new Set(taken)).toEqual(new Set(due.map(([show]) => show)));
      expect(taken).toHaveLength(due.length);
      const times = taken.map((show) => earliest.get(show)!);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(agenda.size).toBe(earliest.size - due.length);
    }),
  );
});
