// The house style, kept by a test: sizes, names, opening comments, and time, ids and chance only through ports.
import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';

const LINES_MAX = 300;
const OPENING_LINES_MAX = 4;

const root = new URL('../', import.meta.url);
const files = ['src', 'test', 'scripts', 'bench'].flatMap(sourcesIn);
const sources = files.filter((file) => file.startsWith('src/'));

/** Names that say nothing of what is inside. */
const EMPTY_NAMES = /^(utils?|helpers?|common|misc|manager|impl)$|-(utils?|helpers?|manager|impl)$/;

/** What must come through a port, and where it may be had directly: a composition root and adapters. */
const BANNED: readonly [RegExp, string][] = [
  [/\bDate\.now\b|\bnew Date\(\)/, 'the clock'],
  [/\bprocess\.hrtime\b|\bperformance\.now\b/, 'the clock'],
  [/\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\brandomInt\b/, 'chance'],
  [/(?<![.\w])(set|clear)(Timeout|Interval|Immediate)\s*\(|\bnode:timers\b/, 'a timer'],
];
const MAY_USE_THEM = /^src\/(adapters\/|program\.ts$)/;

const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');

test('no file is longer than 300 lines', () => {
  const lengths = files.map((file) => [file, read(file).split('\n').length - 1] as const);
  expect(lengths.filter(([, lines]) => lines > LINES_MAX)).toEqual([]);
});

test('every file has a name in kebab-case that says something', () => {
  const stem = (file: string) => basename(file).replace(/(\.(unit|contract|sim|e2e)\.test)?\.(ts|mjs)$/, '');
  const bad = (name: string) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || EMPTY_NAMES.test(name);
  expect(files.filter((file) => bad(stem(file)))).toEqual([]);
});

test('every file of src opens with one to four lines that say what it is for', () => {
  const openingLines = (file: string) =>
    read(file)
      .split('\n')
      .findIndex((line) => !line.startsWith('//'));
  const opensWell = (lines: number) => lines >= 1 && lines <= OPENING_LINES_MAX;
  expect(sources.filter((file) => !opensWell(openingLines(file)))).toEqual([]);
});

test('time, ids and chance come through ports', () => {
  const taken = sources
    .filter((file) => !MAY_USE_THEM.test(file))
    .flatMap((file) =>
      BANNED.filter(([ban]) => ban.test(withoutComments(read(file)))).map(([, what]) => `${file}: ${what}`),
    );
  expect(taken).toEqual([]);
});

test('no path is the path of a URL, in which a space is %20', () => {
  expect(files.filter((file) => /import\.meta\.url\)\.pathname/.test(read(file)))).toEqual([]);
});

test('no folder has a name that says nothing', () => {
  const folders = new Set(files.flatMap((file) => file.split('/').slice(0, -1)));
  expect([...folders].filter((folder) => EMPTY_NAMES.test(folder))).toEqual([]);
});

function sourcesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return names
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => /\.(ts|mjs)$/.test(path) && !/\/(fixtures|golden)\//.test(path));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
}
