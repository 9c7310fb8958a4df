// The event log: one table, two indexes, and the function through which everything is appended. Why positions come from
// the table's own end, under an advisory lock, is told in docs/decisions/0007-positions-from-the-end-of-the-log.md.
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table events (
      position bigint primary key,
      stream   text collate "C" not null,
      revision integer not null,
      id       uuid not null,
      type     text collate "C" not null,
      data     jsonb not null,
      metadata jsonb not null,
      constraint events_stream_revision unique (stream, revision)
    )`.execute(db);
  await appendFunction.execute(db);
}

// Called as a statement of its own, so that it is a transaction of its own, at READ COMMITTED: the lock comes first, and
// every later statement sees all that earlier holders of the lock have committed. At most one append per stream in a call.
//   streams, expected, counts   one entry for each append: stream, expected revision (-1: none), number of events
//   incoming                    [{ s: stream, r: revision, i: id, t: type, d: data, m: metadata }, …] of all appends, in order
//   head                        position before this call; what is appended follows without a gap
//   verdicts                    null when all were appended, else [revision, position] for each, position null: conflict
const appendFunction = sql`
  create function append_events(streams text[], expected integer[], counts integer[], incoming jsonb, out head bigint, out verdicts jsonb)
  language plpgsql as $body$
  declare
    all_fit boolean;
  begin
    perform pg_advisory_xact_lock(7377293604892795252); -- "fairseat" in ASCII
    select (select coalesce(max(e.position), 0) from events e),
           (select bool_and(a.expected = coalesce((select max(e.revision) from events e where e.stream = a.stream), -1))
              from unnest(streams, expected) as a(stream, expected))
      into head, all_fit;

    if all_fit then
      insert into events (position, stream, revision, id, type, data, metadata)
        select head + n.ordinal, n.s, n.r, n.i, n.t, coalesce(n.d, 'null'), n.m
          from rows from (jsonb_to_recordset(incoming) as (s text, r integer, i uuid, t text, d jsonb, m jsonb))
               with ordinality as n(s, r, i, t, d, m, ordinal);
      return;
    end if;

    with incoming_events as materialized (
      select * from rows from (jsonb_to_recordset(incoming) as (s text, r integer, i uuid, t text, d jsonb, m jsonb))
                    with ordinality as n(s, r, i, t, d, m, ordinal)
    ), appends as materialized (
      select a.*, coalesce((select max(e.revision) from events e where e.stream = a.stream), -1) as revision
        from unnest(streams, expected, counts) with ordinality as a(stream, expected, count, ordinal)
    ), judged as materialized (
      select a.*,
             a.revision = a.expected as fits,
             a.revision >= a.expected + a.count
               and (select array_agg(e.id order by e.revision) from events e
                     where e.stream = a.stream and e.revision > a.expected and e.revision <= a.expected + a.count)
                 = (select array_agg(n.i order by n.ordinal) from incoming_events n where n.s = a.stream) as repeated
        from appends a
    ), added as (
      insert into events (position, stream, revision, id, type, data, metadata)
        select head + row_number() over (order by n.ordinal), n.s, n.r, n.i, n.t, coalesce(n.d, 'null'), n.m
          from incoming_events n join judged j on j.stream = n.s
         where j.fits
        returning events.stream, events.revision, events.position
    )
    select jsonb_agg(jsonb_build_array(
             case when j.fits or j.repeated then j.expected + j.count else j.revision end,
             case when j.fits then (select d.position from added d where d.stream = j.stream and d.revision = j.expected + j.count)
                  when j.repeated then (select e.position from events e where e.stream = j.stream and e.revision = j.expected + j.count)
             end) order by j.ordinal)
      into verdicts
      from judged j;
  end
  $body$`;
