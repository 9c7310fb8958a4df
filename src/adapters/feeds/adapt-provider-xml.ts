// The first provider's XML: `eventList/output/base_event/event/zone`. A base event is an event, an event under it a
// show, a zone a category; an event id is unique within its base event only, a zone id is not even that.
import { PLACES_MAX, SEATS_MAX } from '../../domain/seating-plan/drawing.ts';
import type {
  AdaptedFeed,
  FeedEvent,
  FeedOptions,
  FeedRejected,
  FeedShow,
  FeedZone,
} from '../../ports/feed-source.ts';
import { InvalidFeed } from '../../ports/feed-source.ts';
import { Attributes, Refused } from './attributes.ts';
import { readXml } from './xml-document.ts';

const ZONES_MAX = 1_000;

/** Reads the whole feed at once; 13 MB take about 1.5 s. Throws InvalidFeed. */
export function adaptProviderXml(bytes: Uint8Array, options: FeedOptions): AdaptedFeed {
  const document = readXml(bytes, ['output', 'base_event', 'event', 'zone']);
  const [root = '', ...more] = Object.keys(document);
  if (root !== 'eventList')
    throw new InvalidFeed(`The feed's root element is ${JSON.stringify(root)}; it must be "eventList".`);
  if (more.length > 0)
    throw new InvalidFeed(`The feed has another root beside "eventList": ${JSON.stringify(more[0])}.`);
  const list = new Attributes(document['eventList'], '/eventList', options);
  const [output, another] = list.children('output');
  if (output === undefined) throw new InvalidFeed('The feed has no "output" element in its "eventList".');
  if (another !== undefined) throw new InvalidFeed('The feed has more than one "output" element.');
  const rejected: FeedRejected[] = [];
  const events = readEach(
    new Attributes(output, '/eventList/output', options),
    'base_event',
    'base_event_id',
    options,
    rejected,
    (base) => readBaseEvent(base, options, rejected),
  );
  return { events, rejected };
}

/** Reads all children of a name; those that are refused, and those whose id was there before, go to `rejected`. */
function readEach<T>(
  parent: Attributes,
  name: string,
  idAttribute: string,
  options: FeedOptions,
  rejected: FeedRejected[],
  read: (child: Attributes) => T,
): T[] {
  const seen = new Set<string>();
  const taken: T[] = [];
  for (const [i, element] of parent.children(name).entries()) {
    const child = new Attributes(element, `${parent.path}/${name}[${i + 1}]`, options);
    try {
      const id = child.id(idAttribute);
      if (seen.has(id))
        throw child.refuse(
          idAttribute,
          'DuplicateId',
          `${JSON.stringify(id)} was there before; only the first is taken.`,
        );
      seen.add(id);
      taken.push(read(child));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      rejected.push(error.rejected);
    }
  }
  return taken;
}

function readBaseEvent(base: Attributes, options: FeedOptions, rejected: FeedRejected[]): FeedEvent {
  const event = {
    path: base.path,
    sourceId: base.id('base_event_id'),
    title: base.text('title'),
    organiser: base.optionalText('organizer_company_id'),
    onSale: base.oneOf('sell_mode', ['online', 'offline']) === 'online',
  };
  return {
    ...event,
    shows: readEach(base, 'event', 'event_id', options, rejected, (show) => readShow(show, options)),
  };
}

function readShow(show: Attributes, options: FeedOptions): FeedShow {
  show.required('event_start_date');
  const startsAt = show.time('event_start_date') ?? '';
  const endsAt = show.time('event_end_date');
  if (endsAt !== null && endsAt < startsAt) {
    throw show.refuse(
      'event_end_date',
      'EndBeforeStart',
      `${show.required('event_end_date')} is before the start, ${show.required('event_start_date')}.`,
    );
  }
  const salesOpenAt = show.time('sell_from');
  const salesCloseAt = show.time('sell_to');
  if (salesOpenAt !== null && salesCloseAt !== null && salesCloseAt <= salesOpenAt) {
    throw show.refuse(
      'sell_to',
      'EndBeforeStart',
      `${show.required('sell_to')} is not after the opening of sales, ${show.required('sell_from')}.`,
    );
  }
  const soldOut = show.has('sold_out') && show.boolean('sold_out');
  const zones = readZones(show, options);
  return {
    path: show.path,
    sourceId: show.id('event_id'),
    startsAt,
    endsAt,
    salesOpenAt,
    salesCloseAt,
    soldOut,
    zones,
  };
}

function readZones(show: Attributes, options: FeedOptions): FeedZone[] {
  const elements = show.children('zone');
  if (elements.length === 0) throw show.refuseElement('MissingZone', 'A show needs at least one zone.');
  if (elements.length > ZONES_MAX)
    throw show.refuseElement(
      'TooManyZones',
      `A show may have ${ZONES_MAX} zones; this one has ${elements.length}.`,
    );
  const times = new Map<string, number>();
  const left = { true: SEATS_MAX, false: PLACES_MAX };
  return elements.map((element, i) => {
    const zone = new Attributes(element, `${show.path}/zone[${i + 1}]`, options);
    const zoneId = zone.id('zone_id');
    const name = zone.text('name');
    const price = zone.price('price');
    const numbered = zone.boolean('numbered');
    const capacity = zone.wholeNumber('capacity', left[`${numbered}`]);
    left[`${numbered}`] -= capacity;
    const key = categoryKey(zoneId, numbered);
    const nth = (times.get(key) ?? 0) + 1;
    times.set(key, nth);
    const suffix = nth === 1 ? '' : `#${nth}`;
    return {
      path: zone.path,
      categoryId: `${key}${suffix}`,
      otherwiseId: `${categoryKey(zoneId, !numbered)}${suffix}`,
      name,
      numbered,
      capacity,
      price,
    };
  });
}

/** The same whatever the order of zones; ":" and "#" occur in no zone id, so categories cannot be mistaken for one another. */
function categoryKey(zoneId: string, numbered: boolean): string {
  return numbered ? zoneId : `${zoneId}:unnumbered`;
}
