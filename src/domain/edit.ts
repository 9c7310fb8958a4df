// Editing what the catalogue holds: only what differs becomes an event, and an editor who saw an older version is told.
import { toMs, type AggregateState, type StatedEvent } from './decider.ts';
import { rejection, type Rejection } from './rejection.ts';

/** The fields of `wanted` that are given and differ from how things stand. */
export function changesOf<T extends object>(present: T, wanted: Partial<T>): Partial<T> {
  const names = Object.keys(wanted) as (keyof T)[];
  const changed = names.filter((name) => wanted[name] !== undefined && !same(present[name], wanted[name]));
  return Object.fromEntries(changed.map((name) => [name, wanted[name]])) as Partial<T>;
}

type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The fields that are there: what is left out stays as it is, or has its default. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** Fields are texts, numbers, nulls and lists of texts. */
function same(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** PreconditionFailed when an editor names a version that is not the present one; without one anything goes. */
export function versionRefused(version: number, ifVersion: number | undefined): Rejection | null {
  if (ifVersion === undefined || ifVersion === version) return null;
  const detail =
    'Its present version is another: it was edited meanwhile, or what you named is no `version` (an ETag is none). Read it again, then send your edit with its present version.';
  return rejection('PreconditionFailed', detail, { version });
}

/** What every event does to every state: it is counted, dated, and its command is remembered where it has a hash. */
export function record(state: AggregateState, { metadata }: StatedEvent): void {
  state.revision += 1;
  state.lastAt = toMs(metadata.at);
  if (metadata.requestHash !== '') state.commands.set(metadata.commandId, metadata.requestHash);
}
