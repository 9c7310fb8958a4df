// One base event of a feed with its shows: the event is made or edited, put on public view or taken off it, and each of
// its shows brought to what the feed says.
import { eventAggregate } from '../../domain/event/event.ts';
import type { FeedEvent, FeedRejected } from '../../ports/feed-source.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
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
  const carriedOut = async (steps: readonly Step[]): Promise<boolean> => {
    for (const [name, call] of steps) {
      const outcome = await sender.call(eventId, name, call);
      if (!outcome.ok) {
        rejected.push({ path: feed.path, code: outcome.rejection.code, message: outcome.rejection.detail });
        return false;
      }
      changed ||= outcome.changed || outcome.replayed;
    }
    return true;
  };
  const shows: Change[] = [];
  if (!(await carriedOut(stepsTo(eventId, feed, standing, sender)))) return { event: 'rejected', shows };
  for (const show of feed.shows) {
    const showId = importedShowId(sender.source, feed.sourceId, show.sourceId);
    shows.push(
      await new ShowImport(sender, { showId, eventId, venueId, title: feed.title }, show, rejected).run(),
    );
  }
  if (!(await carriedOut(stepsAfter(eventId, feed, standing, sender)))) return { event: 'rejected', shows };
  const created = standing === null || standing.createdHere;
  return { event: created ? 'created' : changed ? 'updated' : 'unchanged', shows };
}

/** What comes before the shows: a new event is on view before they are added, so each is on sale from its first moment. */
function stepsTo(
  eventId: string,
  { title, sourceId, organiser, onSale }: FeedEvent,
  standing: Standing | null,
  { source, reason, engine }: ImportSender,
): Step[] {
  const { catalogue } = engine;
  if (standing === null) {
    const origin = { feed: source, id: sourceId, ...(organiser !== null && { organiser }) };
    const create: Step = [
      'create',
      (context) => catalogue.createEvent({ title, source: origin }, context, eventId),
    ];
    return onSale ? [create, publication(eventId, catalogue)] : [create];
  }
  const steps: Step[] = [];
  if (standing.title !== title)
    steps.push(['edit', (context) => catalogue.editEvent(eventId, { changes: { title } }, context)]);
  if (!onSale && standing.status === 'published') {
    steps.push([
      'unpublish',
      (context) => catalogue.unpublishEvent(eventId, `offline at the source (${reason})`, context),
    ]);
  }
  return steps;
}

/** What comes after them: being on sale again serves the lines, at the prices and with the places that the feed gives. */
function stepsAfter(
  eventId: string,
  { onSale }: FeedEvent,
  standing: Standing | null,
  { engine }: ImportSender,
): Step[] {
  return onSale && standing?.status === 'draft' ? [publication(eventId, engine.catalogue)] : [];
}

const publication = (eventId: string, catalogue: Catalogue): Step => [
  'publish',
  (context) => catalogue.publishEvent(eventId, context),
];
