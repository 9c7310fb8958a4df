// What people look at, after the storm: the views against their rebuild, maps and counts against the books.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PROJECTION_NAMES } from '../../../src/projections/projection.ts';
import type { ShowOnSale } from '../history.ts';
import type { Chance } from '../recorder/chance.ts';
import { statesOf } from '../recorder/http-caller.ts';
import type { Logged } from './log.ts';
import { ShowBooks } from './show-books.ts';

const root = join(import.meta.dirname, '../../..');

export interface RebuiltView {
  readonly name: string;
  readonly events: number;
  readonly identical: boolean | null;
}

/** What lapses meanwhile may leave one partition further than another, and then nothing is compared: so often it is tried. */
const TRIES_MAX = 5;

/** Rebuilds every view beside the one that serves, by the command line, and has it compare them row by row. */
export async function rebuildViews(environment: Readonly<Record<string, string>>): Promise<RebuiltView[]> {
  let views = await rebuild(environment, PROJECTION_NAMES);
  for (let tries = 1; tries < TRIES_MAX; tries += 1) {
    const left = views.filter(({ identical }) => identical === null).map(({ name }) => name);
    if (left.length === 0) break;
    const again = await rebuild(environment, left);
    views = views.map((view) => again.find(({ name }) => name === view.name) ?? view);
  }
  return views;
}

async function rebuild(
  environment: Readonly<Record<string, string>>,
  names: readonly string[],
): Promise<RebuiltView[]> {
  const args = ['src/main.mjs', 'projections', 'rebuild', ...names, '--verify', '--json'];
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const rebuilt = viewsIn(said);
  if (rebuilt === null) throw new Error(`projections rebuild said no JSON: ${said}${complained}`);
  const missing = names.filter((name) => !rebuilt.some((view) => view.name === name));
  if (missing.length > 0) throw new Error(`projections rebuild left out ${missing.join(', ')}: ${said}`);
  return rebuilt;
}

function viewsIn(said: string): RebuiltView[] | null {
  try {
    return JSON.parse(said) as RebuiltView[];
  } catch {
    return null;
  }
}

interface Availability {
  readonly revision: number;
  readonly seatCount: number;
  readonly seats: string;
  readonly categories: readonly {
    readonly free: number;
    readonly held: number;
    readonly booked: number;
    readonly blocked: number;
    readonly capacity: number;
  }[];
}

/** How often a show is looked at as it was, beside how it is. */
const LOOKS_BACK = 5;

/** Compares maps and counts, now and at some earlier revisions, with the books; gives what differs and how many were compared. */
export async function compareMaps(
  url: string,
  shows: readonly ShowOnSale[],
  log: readonly Logged[],
  chance: Chance,
): Promise<{ complaints: string[]; compared: number }> {
  const complaints: string[] = [];
  let compared = 0;
  const byStream = Map.groupBy(log, ({ stream }) => stream);
  for (const show of shows) {
    const events = byStream.get(`show-${show.id}`) ?? [];
    const revisions = chance.some(
      events.map(({ revision }) => revision),
      LOOKS_BACK,
    );
    const books = new ShowBooks(show);
    for (const event of events) {
      books.enter(event);
      if (event.revision !== events.length - 1 && !revisions.includes(event.revision)) continue;
      // The last revision is the live map itself, unless a hold has lapsed since the log was read.
      const address = `${url}/v1/shows/${show.id}/availability?asOf=${event.revision}`;
      const seen = await availability(address, event.position);
      complaints.push(...differences(show, books, event.revision, seen));
      compared += 1;
    }
  }
  return { complaints, compared };
}

async function availability(url: string, position: number): Promise<Availability> {
  const headers = { 'x-min-position': String(position), prefer: 'wait=10' };
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(15_000) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Availability;
}

function differences(show: ShowOnSale, books: ShowBooks, revision: number, seen: Availability): string[] {
  const where = `map of ${show.id} at ${revision}`;
  const map = statesOf(Buffer.from(seen.seats, 'base64'), seen.seatCount);
  const counts = { free: 0, held: 0, booked: 0 };
  const found: string[] = [];
  for (const { free, held, booked, blocked, capacity } of seen.categories) {
    // What is free and kept for the line is shown as blocked.
    counts.free += free + blocked;
    counts.held += held;
    counts.booked += booked;
    if (free + held + booked + blocked !== capacity)
      found.push(`${where}: counts do not make up the capacity`);
  }
  if (seen.revision !== revision) found.push(`${where}: shows revision ${seen.revision}`);
  if (map.join() !== books.map().join())
    found.push(`${where}: ${map.join('')}, books ${books.map().join('')}`);
  if (JSON.stringify(counts) !== JSON.stringify(books.counts()))
    found.push(`${where}: ${JSON.stringify(counts)}, books ${JSON.stringify(books.counts())}`);
  return found;
}
