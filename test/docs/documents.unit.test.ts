// What the documents point at is there: links, paths in backticks, npm scripts, and the list of decisions.
import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documents, prose, read, root } from './documents.ts';

test.each(documents)('every link of %s leads somewhere', (path) => {
  const links = [...prose(read(path)).matchAll(/\]\(([^)\s]+)\)|<(https?:[^>\s]+)>/g)].map(
    ([, a, b]) => a ?? b!,
  );
  expect(links.filter((link) => !resolves(link, path))).toEqual([]);
});

test.each(documents)('every source file and folder that %s names is there', (path) => {
  const named = [...prose(read(path)).matchAll(/`((?:src|test|bench|scripts|docs|ops)\/[\w./-]*)`/g)];
  expect(named.map(([, name]) => name!).filter((name) => !existsSync(new URL(name, root)))).toEqual([]);
});

test.each(documents)('every npm script that %s names is there', (path) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(path).matchAll(/npm run (?:-\S+ )*([a-z][\w:-]*)/g)].map(([, name]) => name!);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('every decision has a number of its own, and stands in ARCHITECTURE.md', () => {
  const pages = readdirSync(new URL('docs/decisions/', root)).toSorted();
  const numbers = pages.map((page) => page.slice(0, 4));
  expect(new Set(numbers).size).toBe(numbers.length);
  const architecture = read('ARCHITECTURE.md');
  expect(pages.filter((page) => !architecture.includes(`docs/decisions/${page}`))).toEqual([]);
});

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
