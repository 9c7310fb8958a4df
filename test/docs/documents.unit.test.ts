// What the documents point at is there: links, paths in backticks, npm scripts, and the list of decisions.
import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documentedSettings } from '../../src/config.ts';
import { documents, prose, read, root } from './documents.ts';

test('every link leads somewhere', () => {
  const bad = documents.flatMap((path) =>
    matches(prose(read(path)), /\]\(([^)\s]+)\)/g)
      .filter((link) => !resolves(link, path))
      .map((link) => `${path}: ${link}`),
  );
  expect(bad).toEqual([]);
});

test('every source file and folder that is named is there', () => {
  const bad = documents.flatMap((path) =>
    matches(prose(read(path)), /`((?:src|test|bench|scripts|docs|ops)\/[\w./-]*)`/g)
      .filter((name) => !existsSync(new URL(name, root)))
      .map((name) => `${path}: ${name}`),
  );
  expect(bad).toEqual([]);
});

test('every npm script that is named is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const bad = documents.flatMap((path) =>
    matches(read(path), /npm run (?:-\S+ )*([a-z][\w:-]*)/g)
      .filter((name) => !(name in scripts))
      .map((name) => `${path}: ${name}`),
  );
  expect(bad).toEqual([]);
});

test('every decision has a number of its own, and stands in ARCHITECTURE.md', () => {
  const pages = readdirSync(new URL('docs/decisions/', root)).toSorted();
  const numbers = pages.map((page) => page.slice(0, 4));
  expect(new Set(numbers).size).toBe(numbers.length);
  const architecture = read('ARCHITECTURE.md');
  expect(pages.filter((page) => !architecture.includes(`docs/decisions/${page}`))).toEqual([]);
});

test('the limits in ARCHITECTURE.md are those of the code', () => {
  const rows = read('ARCHITECTURE.md').split('## Limits by name')[1]!.split('\n');
  const claims = rows.flatMap((row) => {
    const files = matches(row, /\]\((src\/[^)]+\.ts)\)/g);
    return [...row.matchAll(/`(\w+)` ([\d,]+)(?![\d,]| (?:s|KiB|MiB)\b)/g)].map(
      ([, name, value]) => [name!, Number(value!.replaceAll(',', '')), files] as const,
    );
  });
  expect(claims.length).toBeGreaterThan(10);
  expect(claims.filter(([name, value, files]) => !isLimit(name, value, files))).toEqual([]);
});

function isLimit(name: string, value: number, files: readonly string[]): boolean {
  const setting = documentedSettings().find(({ variable }) => variable === name);
  if (setting) return Number(setting.default) === value;
  const written = new RegExp(`\\b${name}(?: =|:) ([\\d_]+)[;,]`);
  return files.some((file) => Number(written.exec(read(file))?.[1]?.replaceAll('_', '')) === value);
}

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found]) => found!);

/** Of links to other places only the form is looked at: tests work offline. */
function resolves(link: string, from: string): boolean {
  if (/^https?:/.test(link)) return URL.canParse(link);
  const [file = '', anchor] = link.split('#');
  const target = new URL(file, new URL(from, root));
  if (!existsSync(file === '' ? new URL(from, root) : target)) return false;
  return (
    anchor === undefined ||
    anchorsOf(file === '' ? from : target.pathname.slice(root.pathname.length)).has(anchor)
  );
}

function anchorsOf(path: string): Set<string> {
  const headings = [...prose(read(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}
