// What `fairseat doctor` looks at between the log and the views of the distributed profile: Kafka, and the relay to it.
import { sql } from 'kysely';
import { whyAnotherFeed } from '../../ports/relay-progress.ts';
import type { Session } from '../../profiles/command-line.ts';
import { lookAtFeed } from '../../profiles/distributed-adapters.ts';
import { known, type Behind, type Check, type Engine } from './check.ts';
import { isLate, sayBehind } from './lag.ts';

/** Whether the brokers answer, and the topic is this engine's. `published`: up to where it has; null: that is not known. */
export async function kafkaCheck(
  config: Session['config'],
  published: readonly number[] | null,
): Promise<Check> {
  const topic = `topic ${config.kafkaTopic}`;
  const ends = await known(lookAtFeed(config));
  const check = (ok: boolean, found: string, remedy: string): Check => ({ name: 'Kafka', ok, found, remedy });
  if (ends instanceof Error)
    return check(
      false,
      ends.message,
      'See that KAFKA_BROKERS is right and that they run: views stand still meanwhile.',
    );
  if (ends.length === 0 && (published ?? []).length === 0)
    return check(true, `${topic} is not there yet: a relay makes it`, '');
  const another = whyAnotherFeed(published ?? ends, ends);
  const messages = ends.reduce((sum, end) => sum + end, 0);
  return another === null
    ? check(true, `${topic} has ${ends.length} partitions, published to ${messages} times`, '')
    : check(false, `${topic} is not the one that this engine has published to`, another);
}

/** What the relay has noted. */
export interface Relayed {
  readonly position: number;
  readonly offsets: readonly number[];
  readonly active: boolean;
}

export async function relayedOf({ database }: Engine): Promise<Relayed> {
  const { rows } = await sql<Relayed>`
    select coalesce((select position from relay_progress), 0)::float8 as position,
      coalesce((select offsets from relay_progress), '{}')::float8[] as offsets,
      exists (select 1 from leases where name = 'relay' and until > clock_timestamp()) as active`.execute(
    database.db,
  );
  return rows[0]!;
}

/** Whether the log is published to Kafka: who is active may be unable to. */
export async function relayCheck(
  head: number | Error,
  { position, active }: Relayed,
  { kafka, behind }: { readonly kafka: Check; readonly behind: Behind },
): Promise<Check> {
  const isDone = !(head instanceof Error) && position >= head;
  const behindS = await behind(position);
  const of = head instanceof Error ? '' : ` of ${head}`;
  const late = isDone || behindS instanceof Error ? '' : `, ${sayBehind(behindS)}`;
  return {
    name: 'relay',
    ok: isDone || (active && kafka.ok && !isLate(behindS)),
    found: `${active ? 'one is active' : 'none is active'}, published as far as position ${position}${of}${late}`,
    remedy: relayRemedy(active, kafka),
  };
}

function relayRemedy(active: boolean, kafka: Check): string {
  if (!active) return 'Start "fairseat relay", and see in its log whether it reaches Kafka.';
  return kafka.ok
    ? 'See in its log what stops it.'
    : 'Do first what the check of Kafka asks for; the relay goes on by itself then.';
}
