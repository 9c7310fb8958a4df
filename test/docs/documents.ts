// The documents for people: where they are, and what they point at.
import { readFileSync, readdirSync } from 'node:fs';

export const root = new URL('../../', import.meta.url);

/** Every Markdown file at the top and below docs/, by its path from the top. */
export const documents: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.md')),
];

export const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** What stands in fences of this language, in order. */
export function fenced(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, of]) => of === language)
    .map(([, , block]) => block!);
}

/** Text without its fences: links and paths are looked for in prose and tables. */
export const prose = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, '');
