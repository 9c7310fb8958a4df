// Plants a bug: from now on the modules that it names are loaded with its edits. To be called before any of them is loaded.
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { KNOWN_SEEDS } from './known-seeds.ts';
import { FEED_BUGS, PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';

/** Those that were made up, and those that were there once. */
const ALL: readonly PlantedBug[] = [...PLANTED_BUGS, ...FEED_BUGS, ...KNOWN_SEEDS];
const ROOT = new URL('../../', import.meta.url);

export function bugNamed(name: string): PlantedBug {
  const bug = ALL.find((one) => one.name === name);
  if (!bug)
    throw new Error(`There is no planted bug ${name}; there are ${ALL.map((one) => one.name).join(', ')}.`);
  return bug;
}

export function plant({ name, edits }: PlantedBug): void {
  const wanted = new Map<string, PlantedBug['edits'][number][]>();
  for (const edit of edits) {
    const path = fileURLToPath(new URL(edit.file, ROOT));
    wanted.set(path, [...(wanted.get(path) ?? []), edit]);
  }
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const mine = url.startsWith('file:') ? wanted.get(fileURLToPath(url)) : undefined;
      if (!mine) return loaded;
      return { ...loaded, source: edited(name, textOf(loaded.source), mine) };
    },
  });
}

/** The source with the bug in it; an edit that no longer fits is a mistake to be mended, not one to be passed over. */
export function edited(name: string, source: string, edits: PlantedBug['edits']): string {
  let text = source;
  for (const { file, find, put } of edits) {
    const parts = text.split(find);
    if (parts.length !== 2)
      throw new Error(
        `The planted bug ${name} does not fit ${file} any more: "${find}" stands there ${parts.length - 1} times.`,
      );
    text = parts.join(put);
  }
  return text;
}

function textOf(source: unknown): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source as Uint8Array);
}
