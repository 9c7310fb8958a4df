// Many appends at once, in one process and in two.
import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import type { AppendResult, EventLog } from '../../../src/ports/event-log.ts';
import {
  allAfter,
  eventsOf,
  idsOf,
  newEvents,
  newStream,
  onlyGrowing,
  positionsOf,
} from './sample-events.ts';
import type { LogUnderTest } from './sample-events.ts';

const RACERS = 20;
const EVENTS_OF_A_WRITER = 40;

export function races(opened: () => LogUnderTest): void {
  describe('under a race', () => {
    test.for(['one process', 'two processes'])(
      'of twenty that create a stream in %s exactly one wins',
      async (where) => {
        const { log, other } = opened();
        for (let round = 0; round < 5; round += 1) {
          const answered = await race([log, where === 'one process' ? log : other], newStream(), NO_STREAM);
          expect(answered).toEqual(exactlyOneWinner);
        }
      },
    );

    test.for(['one process', 'two processes'])(
      'of twenty that append at one revision in %s exactly one wins',
      async (where) => {
        const { log, other } = opened();
        const stream = newStream();
        await log.append(stream, NO_STREAM, newEvents(1));
        for (let revision = 0; revision < 20; revision += 2) {
          const answered = await race([log, where === 'one process' ? log : other], stream, revision);
          expect(answered).toEqual(exactlyOneWinner);
        }
      },
    );

    test('one conflict among a hundred appends leaves the other ninety-nine', async () => {
      const { log } = opened();
      const taken = newStream();
      await log.append(taken, NO_STREAM, newEvents(1));
      const streams = Array.from({ length: 100 }, (_, index) => (index === 57 ? taken : newStream()));
      const answers = await Promise.all(streams.map((stream) => log.append(stream, NO_STREAM, newEvents(2))));
      expect(answers.filter((answer) => answer.kind === 'appended')).toHaveLength(99);
      expect(answers[57]).toEqual({ kind: 'conflict', revision: 0 });
      for (const [index, stream] of streams.entries()) {
        expect(await eventsOf(log, stream)).toHaveLength(index === 57 ? 1 : 2);
      }
    });

    test('two appends of one stream, sent together, are judged one after the other', async () => {
      const { log } = opened();
      const stream = newStream();
      const answers = await Promise.all([
        log.append(stream, NO_STREAM, newEvents(1)),
        log.append(stream, 0, newEvents(1)),
        log.append(stream, 0, newEvents(1)),
        log.append(stream, 1, newEvents(1)),
      ]);
      expect(answers.map(({ kind, revision }) => [kind, revision])).toEqual([
        ['appended', 0],
        ['appended', 1],
        ['conflict', 1],
        ['appended', 2],
      ]);
    });

    test('positions grow over all streams, and answers tell them', async () => {
      const { log, other } = opened();
      const before = await log.lastPosition();
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          (index % 2 ? log : other).append(newStream(), NO_STREAM, newEvents(1 + (index % 4))),
        ),
      );
      const events = await allAfter(log, before, 17);
      expect(events).toHaveLength(150);
      expect(onlyGrowing(positionsOf(events), before)).toBe(true);
      const revisionAt = new Map(events.map(({ position, revision }) => [position, revision]));
      for (const answer of answers as Extract<AppendResult, { kind: 'appended' }>[]) {
        expect(revisionAt.get(answer.position)).toBe(answer.revision);
      }
    });

    test('a reader of all events, beside writers in two processes, misses none and sees no stream reversed', async () => {
      const before = await opened().log.lastPosition();
      const { seen, streams } = await readBesideWriters(opened());
      expect(seen).toHaveLength(4 * EVENTS_OF_A_WRITER);
      expect(onlyGrowing(positionsOf(seen), before)).toBe(true);
      for (const stream of streams) {
        expect(seen.filter((event) => event.stream === stream).map((event) => event.revision)).toEqual(
          Array.from({ length: EVENTS_OF_A_WRITER }, (_, n) => n),
        );
      }
    });
  });
}

/** All that a reader has seen from now on while four writers, in two processes, wrote a stream each. */
export async function readBesideWriters({
  log,
  other,
}: LogUnderTest): Promise<{ seen: RecordedEvent[]; streams: string[] }> {
  const before = await log.lastPosition();
  let writing = true;
  const writers = [log, log, other, other].map((each) => writeStream(each, EVENTS_OF_A_WRITER));
  const written = Promise.all(writers).finally(() => {
    writing = false;
  });
  const seen: RecordedEvent[] = [];
  for (let last = false; !last;) {
    last = !writing;
    seen.push(...(await allAfter(other, seen.at(-1)?.position ?? before)));
  }
  return { seen, streams: await written };
}

const exactlyOneWinner = { winners: 1, onlyItsEventsWritten: true };

async function race(logs: EventLog[], stream: string, expected: number): Promise<typeof exactlyOneWinner> {
  const entries = Array.from({ length: RACERS }, () => newEvents(2));
  const answers = await Promise.all(
    entries.map((events, index) => logs[index % logs.length]!.append(stream, expected, events)),
  );
  const winners = entries.filter((_, index) => answers[index]!.kind === 'appended');
  const written = idsOf(await eventsOf(logs[0]!, stream, expected + 1));
  return { winners: winners.length, onlyItsEventsWritten: written.join() === idsOf(winners[0] ?? []).join() };
}

async function writeStream(log: EventLog, events: number): Promise<string> {
  const stream = newStream();
  for (let revision = -1; revision < events - 1; revision += 1)
    await log.append(stream, revision, newEvents(1));
  return stream;
}
