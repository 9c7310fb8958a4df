// Reads and subscriptions as the stand-in for EventStoreDB answers them: forwards from a position or revision on
// inclusively, backwards and subscriptions exclusively, and an error where no record lies at the position.
import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StandInFault } from './faults.ts';
import type { StoredRecord, TransactionLog } from './transaction-log.ts';
import {
  caughtUp,
  checkpoint,
  confirmation,
  eventAnswer,
  filterOf,
  notFoundAnswer,
  streamNameOf,
} from './wire.ts';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

const BACKWARDS = 1;

/** What cannot be read from. */
export class InvalidPosition extends Error {}

export const streamRead = (call: ReadCall): string | null => {
  const options = call.request.getOptions()!;
  return options.hasAll() ? null : streamNameOf(options.getStream()!.getStreamIdentifier());
};

export const isSubscription = (call: ReadCall): boolean => call.request.getOptions()!.hasSubscription();

/** Answers a read to its end. Throws InvalidPosition. */
export async function answerRead(call: ReadCall, log: TransactionLog): Promise<void> {
  const options = call.request.getOptions()!;
  const stream = streamRead(call);
  const backwards = (options.getReadDirection() as number) === BACKWARDS;
  const records = stream === null ? log.records.slice(0, log.visible) : log.streamOf(stream);
  if (stream !== null && records.length === 0) {
    call.write(notFoundAnswer(stream));
    call.end();
    return;
  }
  const { passes } = filterOf(options);
  const cancelled = cancellation(call);
  let left = Number(options.getCount());
  const step = backwards ? -1 : 1;
  for (let at = firstIndex(options, records, backwards); left > 0 && records[at] !== undefined; at += step) {
    if (!passes(records[at]!)) continue;
    if (cancelled.aborted) return;
    await send(call, eventAnswer(records[at]!), cancelled);
    left -= 1;
  }
  call.end();
}

/** Serves a subscription to $all or to a stream until it is cancelled, or until its fault is due. Throws InvalidPosition. */
export async function serveSubscription(
  call: ReadCall,
  log: TransactionLog,
  fault: StandInFault | null,
): Promise<void> {
  const options = call.request.getOptions()!;
  const stream = streamRead(call);
  const cancelled = cancellation(call);
  const { passes, every } = filterOf(options);
  const known = () => (stream === null ? log.records : log.streamOf(stream));
  let next = afterIndex(options, known().slice(0, stream === null ? log.visible : undefined));
  await send(call, confirmation(), cancelled);
  let [seen, given, told] = [0, 0, false];
  while (!cancelled.aborted) {
    const records = known();
    const end = stream === null ? log.visible : records.length;
    for (; next < end && !cancelled.aborted; next += 1) {
      const record = records[next]!;
      if (passes(record)) {
        if (fault !== null && fault.does !== 'twice' && given === (Number(fault.after) || 0)) return;
        for (let times = fault?.does === 'twice' ? 2 : 1; times > 0; times -= 1)
          await send(call, eventAnswer(record), cancelled);
        given += 1;
      }
      seen += 1;
      if (every > 0 && seen % every === 0) await send(call, checkpoint(record.position), cancelled);
    }
    if (!told) await send(call, caughtUp(), cancelled);
    told = true;
    if (next >= (stream === null ? log.visible : known().length))
      await once(log, 'flushed', { signal: cancelled }).catch(() => {});
  }
}

function firstIndex(options: ReadReq.Options, records: readonly StoredRecord[], backwards: boolean): number {
  if (options.hasAll()) {
    const from = options.getAll()!;
    if (from.hasStart()) return 0;
    if (from.hasEnd()) return records.length - 1;
    const at = recordAt(records, Number(from.getPosition()!.getCommitPosition()));
    return backwards ? at - 1 : at;
  }
  const from = options.getStream()!;
  if (from.hasStart()) return 0;
  if (from.hasEnd()) return records.length - 1;
  const revision = Number(from.getRevision());
  const first = records[0]!.revision;
  return backwards ? Math.min(revision - first, records.length - 1) : Math.max(0, revision - first);
}

function afterIndex(options: ReadReq.Options, records: readonly StoredRecord[]): number {
  if (options.hasAll()) {
    const from = options.getAll()!;
    if (from.hasStart()) return 0;
    if (from.hasEnd()) return records.length;
    return recordAt(records, Number(from.getPosition()!.getCommitPosition())) + 1;
  }
  const from = options.getStream()!;
  if (from.hasStart()) return 0;
  return from.hasEnd() ? records.length : Number(from.getRevision()) + 1;
}

function recordAt(records: readonly StoredRecord[], position: number): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle]!.position < position) low = middle + 1;
    else high = middle;
  }
  if (records[low]?.position !== position)
    throw new InvalidPosition('Trying to read from an invalid position.');
  return low;
}

function cancellation(call: ReadCall): AbortSignal {
  const controller = new AbortController();
  for (const event of ['cancelled', 'close', 'error'] as const) call.once(event, () => controller.abort());
  return controller.signal;
}

/** Waits for a client that reads slowly. */
async function send(call: ReadCall, answer: ReadResp, cancelled: AbortSignal): Promise<void> {
  if (call.write(answer) || cancelled.aborted) return;
  await once(call, 'drain', { signal: cancelled }).catch(() => {});
}
