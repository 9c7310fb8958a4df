// What was stored once is understood for ever. The .ndjson files here are samples of every event type as the log had them:
// lines are added to them, never changed; outlooks.ndjson has what each event made different. Nothing here writes them.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EventMetadata, RecordedEvent } from '../../src/domain/event.ts';
import { TYPES } from '../../src/domain/event-types.ts';
import { foldAll, type Folder, type Outlook, type Samples } from './outlooks.ts';

const METADATA: Record<keyof EventMetadata, 'always' | 'sometimes'> = {
  commandId: 'always',
  requestHash: 'always',
  actor: 'always',
  correlationId: 'always',
  causationId: 'always',
  at: 'always',
  traceparent: 'sometimes',
};

const linesOf = <T>(name: string): T[] =>
  readFileSync(new URL(`${name}.ndjson`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

const samples: Samples = {
  venue: linesOf('venue'),
  'seating-plan': linesOf('seating-plan'),
  event: linesOf('event'),
  show: linesOf('show'),
};

/** What an event changed in how its stream looks. */
interface Line {
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly changed: Outlook;
}

describe.each(Object.keys(TYPES) as Folder[])('the samples of a %s', (folder) => {
  test('have every event type that there is, and no other', () => {
    const sampled = new Set(samples[folder].map(({ type }) => type));
    expect([...sampled].toSorted()).toEqual(Object.keys(TYPES[folder]).toSorted());
  });

  test('lie as in the log: whole streams of their own, with all that metadata has', () => {
    const next = new Map<string, number>();
    for (const { stream, revision, metadata } of samples[folder]) {
      expect(stream).toMatch(new RegExp(`^${folder}-[0-9a-f-]{36}$`));
      expect(revision).toBe(next.get(stream) ?? 0);
      next.set(stream, revision + 1);
      for (const [name, when] of Object.entries(METADATA))
        if (when === 'always') expect(metadata).toHaveProperty(name);
    }
    for (const name of Object.keys(metadataOf(samples[folder]))) expect(METADATA).toHaveProperty(name);
  });
});

const metadataOf = (events: readonly RecordedEvent[]): object =>
  Object.assign({}, ...events.map(({ metadata }) => metadata)) as object;

test('every sample still means what it meant when it was stored', () => {
  const lines = new Map<string, Line>(
    linesOf<Line>('outlooks').map((line) => [`${line.stream} ${line.revision}`, line]),
  );
  const folded = foldAll(samples);
  const outlooks = new Map<string, Outlook>();
  for (const { event, outlook } of folded) {
    const name = `${event.stream} ${event.revision}`;
    const line = lines.get(name);
    expect(line?.type, name).toBe(event.type);
    const expected = { ...outlooks.get(event.stream), ...line?.changed };
    outlooks.set(event.stream, expected);
    // A field that views have got since is no harm.
    expect(outlook, `${event.type}, ${name}`).toMatchObject(expected);
  }
  expect(folded).toHaveLength(lines.size);
});
