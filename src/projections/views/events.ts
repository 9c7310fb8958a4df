// Events of the catalogue as they are now: what is announced, and whether it is on public view.
import { given } from '../../domain/edit.ts';
import type { CatalogueEvent, EventFields } from '../../domain/event/events.ts';
import { idOf, type RecordedEvent } from '../../domain/event.ts';
import type { Handling, Projection } from '../projection.ts';
import { loadRows, saveRows } from './rows.ts';

interface EventRow {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly type: string | null;
  readonly tags: readonly string[];
  readonly language: string | null;
  readonly status: 'draft' | 'published' | 'cancelled';
  /** Revision of the last edit. */
  readonly version: number;
  /** What was never on public view stays hidden when it is cancelled. */
  readonly ever_published: boolean;
  readonly [column: string]: unknown;
}

export function events(): Projection {
  return {
    name: 'events',
    version: 2,
    types: ['EventCreated', 'EventEdited', 'EventPublished', 'EventUnpublished', 'EventCancelled'],
    exposes: ['events'],
    tables: `
      create table events (
        id uuid primary key,
        title text not null,
        description text,
        type text,
        tags text[] not null,
        language text,
        status text not null,
        version integer not null,
        ever_published boolean not null
      )`,
    indexes: ['events_by_tag on events using gin (tags)', 'events_by_type on events (type)'],
    handle,
  };
}

async function handle(recorded: readonly RecordedEvent[], { tx }: Handling): Promise<void> {
  const rows = await loadRows<EventRow>(tx, 'events', 'id', new Set(recorded.map((e) => idOf(e.stream))));
  for (const event of recorded) {
    const id = idOf(event.stream);
    rows.set(id, changed(rows.get(id), id, event as RecordedEvent & CatalogueEvent));
  }
  await saveRows(tx, 'events', 'id', [...rows.values()]);
}

function changed(row: EventRow | undefined, id: string, event: RecordedEvent & CatalogueEvent): EventRow {
  switch (event.type) {
    case 'EventCreated':
      return {
        id,
        ...fields(event.data),
        status: 'draft',
        version: event.revision,
        ever_published: false,
      } as EventRow;
    case 'EventEdited':
      return { ...row!, ...fields(event.data), version: event.revision };
    case 'EventPublished':
      return { ...row!, status: 'published', ever_published: true };
    case 'EventUnpublished':
      return { ...row!, status: 'draft' };
    case 'EventCancelled':
      return { ...row!, status: 'cancelled' };
    case 'ShowAdded':
    case 'AlreadySo':
      return row!;
    default:
      return event satisfies never;
  }
}

const fields = ({ title, description, type, tags, language }: Partial<EventFields>) =>
  given({ title, description, type, tags, language });
