// One base event of a feed with its shows: the event is made or edited, put on public view or taken off it, and each of
// its shows brought to what the feed says.
import { eventAggregate } from '../../domain/event/event.ts';
import type { FeedEvent, FeedRejected } from '../../ports/feed-source.ts';
import type { CommandContext, Outcome } from '../command.ts';
import { importedEventId, importedShowId } from './ids.ts';
import type { ImportSender } from './sender.ts';
import { ShowImport } from './show.ts';
import type { Change } from './show.ts';

export interface EventChange {
  readonly event: Change;
  readonly shows: readonly Change[];
}

interface Standing {
  readonly createdHere: boolean;
  readonly title: string;
  readonly status: 'draft' | 'published' | 'cancelled';
}

type Step = readonly [name: string, call: (context: CommandContext) => Promise<Outcome<unknown>>];

/** What is refused goes to `rejected`; an event that is refused keeps its shows from being imported. */
export async function importEvent(
  sender: ImportSender,
  venueId: string,
  feed: FeedEvent,
  rejected: FeedRejected[],
): Promise<EventChange> {
  const eventId = importedEventId(sender.source, feed.sourceId);
  const createdBy = sender.commandId(eventId, 'create');
  const standing = await sender.read(
    eventAggregate,
    eventId,
    ({ fields, status, commands }): Standing | null =>
      fields === null ? null : { createdHere: commands.has(createdBy), title: fields.title, status },
  );
  let changed = false;
  for (const [name, call] of stepsTo(eventId, feed, standing, sender)) {
    const outcome = await sender.call(eventId, name, call);
    if (!outcome.ok) {
      rejected.push({ path: feed.path, code: outcome.rejection.code, message: outcome.rejection.detail });
      return { event: 'rejected', shows: [] };
    }
    changed ||= outcome.changed || outcome.replayed;
  }
  const shows: Change[] = [];
  for (const show of feed.shows) {
    const showId = importedShowId(sender.source, feed.sourceId, show.sourceId);
    shows.push(
      await new ShowImport(sender, { showId, eventId, venueId, title: feed.title }, show, rejected).run(),
    );
  }
  const created = standing === null || standing.createdHere;
  return { event: created ? 'created' : changed ? 'updated' : 'unchanged', shows };
}

/** An event is on view before its shows are added to it: each is then on sale from its first moment. */
function stepsTo(
  eventId: string,
  { title, sourceId, organiser, onSale }: FeedEvent,
  standing: Standing | null,
  { source, reason, engine }: ImportSender,
): Step[] {
  const { catalogue } = engine;
  const steps: Step[] = [];
  if (standing === null) {
    const origin = { feed: source, id: sourceId, ...(organiser !== null && { organiser }) };
    steps.push(['create', (context) => catalogue.createEvent({ title, source: origin }, context, eventId)]);
  } else if (standing.title !== title) {
    steps.push(['edit', (context) => catalogue.editEvent(eventId, { changes: { title } }, context)]);
  }
  const status = standing?.status ?? 'draft';
  if (onSale && status === 'draft')
    steps.push(['publish', (context) => catalogue.publishEvent(eventId, context)]);
  if (!onSale && status === 'published') {
    steps.push([
      'unpublish',
      (context) => catalogue.unpublishEvent(eventId, `offline at the source (${reason})`, context),
    ]);
  }
  return steps;
}
