// What `fairseat doctor` looks at of what is computed from the log: the views in Postgres, and the index in OpenSearch.
import { identityOf } from '../../ports/log-identity.ts';
import { logOfDocuments } from '../../ports/search-documents.ts';
import type { Session } from '../../profiles/command-line.ts';
import { parkedStreams } from '../../projections/parking.ts';
import { generations } from '../../projections/registry.ts';
import { known, type Behind, type Check, type Engine } from './check.ts';
import type { Relayed } from './feed-checks.ts';
import { isLate, sayBehind } from './lag.ts';

export interface View {
  readonly name: string;
  readonly generation: number;
  readonly position: number;
  readonly behindS: number | Error;
  readonly streamsParked: number;
  /** A newer version of the program has made it. */
  readonly isOfNewer: boolean;
}

/** The views that serve. */
export async function viewsOf({ database: { db }, projector }: Engine, behind: Behind): Promise<View[]> {
  const [all, parked] = [await generations(db), await parkedStreams(db)];
  const views: View[] = [];
  for (const live of all.filter(({ status }) => status === 'live')) {
    const { name, generation, position } = live;
    const streamsParked = parked.filter((p) => p.projection === name && p.generation === generation).length;
    const isOfNewer = projector.isOfNewer(live);
    views.push({ name, generation, position, behindS: await behind(position), streamsParked, isOfNewer });
  }
  return views;
}

export function projectionCheck(view: View, beside: boolean, relayed: Relayed | null): Check {
  const { name, generation, behindS, streamsParked, isOfNewer } = view;
  const parked = streamsParked > 0 ? `, ${streamsParked} streams parked` : '';
  const newer = isOfNewer ? ', made by a newer version of the program' : '';
  return {
    name: `projection ${name}`,
    // Without a server nothing moves a view: the next start does.
    ok: !isOfNewer && streamsParked === 0 && !(isLate(behindS) && beside),
    found: `generation ${generation}, ${sayBehind(behindS)}${newer}${parked}`,
    remedy: projectionRemedy(view, relayed),
  };
}

function projectionRemedy(
  { name, position, streamsParked, isOfNewer }: View,
  relayed: Relayed | null,
): string {
  if (isOfNewer)
    return `Upgrade every process: this version never feeds it. To go back to this version, stop every process of the newer one, then "fairseat projections rebuild ${name}".`;
  if (streamsParked > 0)
    return `See "fairseat projections parked"; then "fairseat projections retry ${name} STREAM", or "fairseat projections rebuild ${name}".`;
  return relayed !== null && position >= relayed.position
    ? 'It has all that was published: do first what the checks of Kafka and of the relay ask for.'
    : 'Give it time, or the machine less to do; what stops it is in the log of its process.';
}

/** Whether OpenSearch answers, and how far it can be searched. */
export async function searchCheck(
  engine: Engine,
  { generations: indexes }: NonNullable<Session['search']>,
  { views, behind }: { readonly views: readonly View[]; readonly behind: Behind },
): Promise<Check> {
  const check = (ok: boolean, found: string, remedy: string): Check => ({
    name: 'OpenSearch',
    ok,
    found,
    remedy,
  });
  const serving = await known(indexes.serving());
  if (serving === 'newer')
    return check(
      false,
      'has an index that a newer version of the program has made',
      'Upgrade every process: until then this version refuses searches, or asks Postgres under SEARCH_FALLBACK=postgres. To go back to this version, give OPENSEARCH_INDEX another name.',
    );
  const position = serving instanceof Error ? serving : await known(serving?.progress() ?? noIndex);
  if (serving instanceof Error || position instanceof Error)
    return check(
      false,
      (position as Error).message,
      'See that OPENSEARCH_URL is right and that it runs; meanwhile SEARCH_FALLBACK=postgres searches the views.',
    );
  const build =
    'Start "fairseat projector", which builds the index and keeps it, and see in its log what stops it; one of an older version has to end first.';
  if (serving === null) return check(false, 'has no index of this version yet', build);
  const log = await known(identityOf(engine.log));
  if (serving.origin !== null && !(log instanceof Error) && logOfDocuments(serving.origin) !== log)
    return check(
      false,
      `${serving.name} was made from another event log`,
      'If another engine uses this index, give OPENSEARCH_INDEX another name in every process; a projector that starts makes the index anew otherwise.',
    );
  const behindS = await behind(position);
  const remedy = views.some((view) => isLate(view.behindS))
    ? 'Do first what the checks of the projections ask for: the index follows them.'
    : build;
  return check(!isLate(behindS), `${serving.name} serves, ${sayBehind(behindS)}`, remedy);
}

const noIndex = Promise.resolve(0);
