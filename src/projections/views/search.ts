// What search looks through: one document an event, of its own words and those of the venues it plays at, and every word
// ever used, by which a mistyped one is understood.
import { sql } from 'kysely';
import type { CatalogueEvent } from '../../domain/event/events.ts';
import { idOf, type RecordedEvent } from '../../domain/event.ts';
import type { ShowScheduled } from '../../domain/show/events.ts';
import type { VenueEvent } from '../../domain/venue/events.ts';
import { isGuessed, searchedWordsOf } from '../../domain/words.ts';
import type { Handling, Projection, Tx } from '../projection.ts';
import { loadRows, saveRows } from './rows.ts';

/** Languages whose word endings Postgres knows; others are compared word by word. */
const LANGUAGES: Readonly<Record<string, string>> = {
  en: 'english',
  es: 'spanish',
  de: 'german',
  fr: 'french',
  it: 'italian',
  pt: 'portuguese',
  nl: 'dutch',
};

interface TextRow {
  readonly event_id: string;
  readonly title: string;
  readonly type: string;
  readonly tags: string;
  readonly description: string;
  readonly language: string;
  readonly [column: string]: unknown;
}
interface VenueRow {
  readonly venue_id: string;
  readonly name: string;
  readonly city: string;
  readonly [column: string]: unknown;
}
type SearchedEvent = RecordedEvent & (CatalogueEvent | VenueEvent | ShowScheduled);

export function search(): Projection {
  return {
    name: 'search',
    version: 2,
    types: ['EventCreated', 'EventEdited', 'ShowScheduled', 'VenueCreated', 'VenueEdited'],
    exposes: ['documents', 'words'],
    acrossStreams: true,
    tables: `
      create table texts (event_id uuid primary key, title text not null, type text not null, tags text not null, description text not null, language regconfig not null);
      create table venue_texts (venue_id uuid primary key, name text not null, city text not null);
      create table plays_at (event_id uuid not null, venue_id uuid not null, primary key (event_id, venue_id));
      create index on plays_at (venue_id);
      create table documents (event_id uuid primary key, document tsvector not null);
      create table words (word text collate "C" primary key)`,
    indexes: [
      'documents_by_word on documents using gin (document)',
      'words_by_likeness on words using gist (word gist_trgm_ops)',
    ],
    handle,
  };
}

async function handle(events: readonly RecordedEvent[], { tx }: Handling): Promise<void> {
  const searched = events as readonly SearchedEvent[];
  const touched = { events: new Set<string>(), venues: new Set<string>() };
  for (const event of searched) {
    if (event.type === 'ShowScheduled') touched.events.add(event.data.eventId);
    else (event.type.startsWith('Venue') ? touched.venues : touched.events).add(idOf(event.stream));
  }
  await saveTexts(tx, searched);
  await saveVenues(tx, searched);
  const plays = searched.flatMap((e) =>
    e.type === 'ShowScheduled' ? [{ event_id: e.data.eventId, venue_id: e.data.venueId }] : [],
  );
  await saveRows(tx, 'plays_at', ['event_id', 'venue_id'], plays);
  await saveWords(tx, searched);
  await describe(tx, touched);
}

const text = (value: string | null): string => searchedWordsOf(value).join(' ');

async function saveTexts(tx: Tx, events: readonly SearchedEvent[]): Promise<void> {
  const changes = events.filter((e) => e.type === 'EventCreated' || e.type === 'EventEdited');
  const rows = await loadRows<TextRow>(tx, 'texts', 'event_id', new Set(changes.map((e) => idOf(e.stream))));
  for (const { stream, data } of changes) {
    const before = rows.get(idOf(stream));
    rows.set(idOf(stream), {
      event_id: idOf(stream),
      title: data.title === undefined ? before!.title : text(data.title),
      type: data.type === undefined ? before!.type : text(data.type),
      tags: data.tags === undefined ? before!.tags : text(data.tags.join(' ')),
      description: data.description === undefined ? before!.description : text(data.description),
      language:
        data.language === undefined
          ? before!.language
          : (LANGUAGES[(data.language ?? '').slice(0, 2).toLowerCase()] ?? 'simple'),
    });
  }
  await saveRows(tx, 'texts', 'event_id', [...rows.values()]);
}

async function saveVenues(tx: Tx, events: readonly SearchedEvent[]): Promise<void> {
  const changes = events.filter((e) => e.type === 'VenueCreated' || e.type === 'VenueEdited');
  const rows = await loadRows<VenueRow>(
    tx,
    'venue_texts',
    'venue_id',
    new Set(changes.map((e) => idOf(e.stream))),
  );
  for (const { stream, data } of changes) {
    const before = rows.get(idOf(stream));
    rows.set(idOf(stream), {
      venue_id: idOf(stream),
      name: data.name === undefined ? before!.name : text(data.name),
      city: data.city === undefined ? before!.city : text(data.city),
    });
  }
  await saveRows(tx, 'venue_texts', 'venue_id', [...rows.values()]);
}

/** From the events themselves, not from the rows: so it does not matter where the batches are cut. */
async function saveWords(tx: Tx, events: readonly SearchedEvent[]): Promise<void> {
  const words = new Set<string>();
  for (const { type, data } of events) {
    const values =
      type === 'ShowScheduled' ? [] : type.startsWith('Venue') ? wordyOfVenue(data) : wordyOfEvent(data);
    for (const value of values)
      for (const word of searchedWordsOf(value)) if (isGuessed(word)) words.add(word);
  }
  await saveRows(
    tx,
    'words',
    'word',
    [...words].map((word) => ({ word })),
  );
}

type Wordy = readonly (string | null | undefined)[];
const wordyOfVenue = (data: object): Wordy => {
  const { name, city } = data as { name?: string; city?: string };
  return [name, city];
};
const wordyOfEvent = (data: object): Wordy => {
  const { title, description, type, tags } = data as {
    title?: string;
    description?: string | null;
    type?: string | null;
    tags?: readonly string[];
  };
  return [title, description, type, ...(tags ?? [])];
};

/** Rewrites the documents of events whose words, or whose venues' words, may have changed. */
async function describe(tx: Tx, touched: { events: Set<string>; venues: Set<string> }): Promise<void> {
  await sql`
    insert into documents (event_id, document)
    select t.event_id,
      setweight(to_tsvector('simple', t.title), 'A')
      || setweight(to_tsvector('simple', concat_ws(' ', t.tags, t.type, v.texts)), 'B')
      || setweight(to_tsvector('simple', t.description), 'C')
      || case when t.language = 'simple'::regconfig then ''::tsvector else
        setweight(to_tsvector(t.language, t.title), 'A') || setweight(to_tsvector(t.language, t.description), 'C') end
    from texts t
    left join lateral (
      select string_agg(concat_ws(' ', v.name, v.city), ' ' order by v.venue_id) as texts
      from plays_at p join venue_texts v using (venue_id) where p.event_id = t.event_id) v on true
    where t.event_id = any(${[...touched.events]}::uuid[])
      or t.event_id in (select event_id from plays_at where venue_id = any(${[...touched.venues]}::uuid[]))
    on conflict (event_id) do update set document = excluded.document`.execute(tx);
}
