// The page for analysts names every type of event and every field of its data.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EVENT_TYPES } from '../../src/domain/event-types.ts';
import { read, root } from './documents.ts';

const page = read('docs/events.md');
const rows: ReadonlyMap<string, readonly string[]> = new Map(
  page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, types = '', data = ''] = line.split('|');
      const fields = names(data).map((name) => name.replace(/\?$/, ''));
      return names(types).map((type) => [type, fields] as const);
    }),
);
const words = new Set(names(page).flatMap((name) => name.split(/\W+/)));
const streams = ['event', 'seating-plan', 'show', 'venue'];

test('docs/events.md has every type of event, and none besides', () => {
  const types = [...rows.keys()].filter((name) => /^[A-Z]/.test(name));
  expect(types.toSorted()).toEqual([...EVENT_TYPES].toSorted());
});

test('docs/events.md has every field that was ever stored, at its event', () => {
  const missing = readdirSync(new URL('test/golden/', root))
    .filter((name) => streams.includes(name.replace('.ndjson', '')))
    .flatMap((name) => read(`test/golden/${name}`).trim().split('\n'))
    .map((line) => JSON.parse(line) as { type: string; data: object })
    .flatMap(({ type, data }) =>
      Object.keys(data)
        .filter((field) => rows.get(type)?.includes(field) !== true)
        .map((field) => `${type}: ${field}`),
    );
  expect(missing).toEqual([]);
});

test('docs/events.md has every field that the domain may store, also where no sample has it', () => {
  const missing = streams
    .map((stream) => `src/domain/${stream}/events.ts`)
    .flatMap((path) => [...read(path).matchAll(/readonly (\w+)\??:/g)].map(([, field]) => field!))
    .filter((field) => !words.has(field));
  expect(missing).toEqual([]);
});

function names(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
}
