// Between the messages of EventStoreDB's protocol and the records of the stand-in. The messages are those of the client's
// own package, so both sides speak exactly the same.
import { randomUUID } from 'node:crypto';
import pb from '@eventstore/db-client/generated/streams_pb.js';
import type {
  AppendReq,
  BatchAppendReq,
  BatchAppendResp,
  ReadReq,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import codes from '@eventstore/db-client/generated/code_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Decided, Expected, ProposedEvent, StoredRecord } from './transaction-log.ts';

export const streamNameOf = (id: StreamIdentifier | undefined): string =>
  Buffer.from(id!.getStreamName_asU8()).toString('utf8');

export function uuidText(uuid: UUID): string {
  if (!uuid.hasStructured()) return uuid.getString();
  const half = (bits: string) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  const structured = uuid.getStructured()!;
  const hex = half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function uuidOf(text: string): UUID {
  const uuid = new shared.UUID();
  uuid.setString(text);
  return uuid;
}

export function proposed(message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage): ProposedEvent {
  const about = message.getMetadataMap();
  return {
    id: uuidText(message.getId()!),
    type: about.get('type') ?? '',
    contentType: about.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function expectedBy(options: AppendReq.Options | BatchAppendReq.Options): Expected {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  return Number('getRevision' in options ? options.getRevision() : options.getStreamPosition());
}

export function appendAnswer(decided: Decided, expected: Expected): InstanceType<typeof pb.AppendResp> {
  const answer = new pb.AppendResp();
  if (decided.ok) {
    const success = new pb.AppendResp.Success();
    success.setCurrentRevision(String(decided.revision));
    if (decided.position === null) success.setNoPosition(new shared.Empty());
    else {
      const position = new pb.AppendResp.Position();
      position.setCommitPosition(String(decided.position));
      position.setPreparePosition(String(decided.position));
      success.setPosition(position);
    }
    answer.setSuccess(success);
    return answer;
  }
  const wrong = new pb.AppendResp.WrongExpectedVersion();
  if (decided.current >= 0) wrong.setCurrentRevision(String(decided.current));
  else wrong.setCurrentNoStream(new shared.Empty());
  if (typeof expected === 'number') wrong.setExpectedRevision(String(expected));
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
  else wrong.setExpectedAny(new shared.Empty());
  answer.setWrongExpectedVersion(wrong);
  return answer;
}

export function batchAnswer(
  correlationId: string,
  stream: StreamIdentifier,
  decided: Decided,
  expected: Expected,
): BatchAppendResp {
  const answer = new pb.BatchAppendResp();
  answer.setCorrelationId(uuidOf(correlationId));
  answer.setStreamIdentifier(stream);
  if (decided.ok) {
    const success = new pb.BatchAppendResp.Success();
    success.setCurrentRevision(String(decided.revision));
    if (decided.position === null) success.setNoPosition(new emptyPb.Empty());
    else success.setPosition(allPosition(decided.position));
    answer.setSuccess(success);
    return answer;
  }
  const wrong = new shared.WrongExpectedVersion();
  if (decided.current >= 0) wrong.setCurrentStreamRevision(String(decided.current));
  else wrong.setCurrentNoStream(new emptyPb.Empty());
  if (typeof expected === 'number') wrong.setExpectedStreamPosition(String(expected));
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new emptyPb.Empty());
  else wrong.setExpectedStreamExists(new emptyPb.Empty());
  const details = new anyPb.Any();
  details.pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
  const error = new statusPb.Status();
  error.setCode(codes.Code.ALREADY_EXISTS);
  error.setMessage('WrongExpectedVersion');
  error.setDetails(details);
  answer.setError(error);
  return answer;
}

function allPosition(position: number): InstanceType<typeof shared.AllStreamPosition> {
  const all = new shared.AllStreamPosition();
  all.setCommitPosition(String(position));
  all.setPreparePosition(String(position));
  return all;
}

export function eventAnswer(record: StoredRecord): ReadResp {
  const recorded = new pb.ReadResp.ReadEvent.RecordedEvent();
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Uint8Array.from(Buffer.from(record.stream)));
  recorded.setId(uuidOf(record.id));
  recorded.setStreamIdentifier(identifier);
  recorded.setStreamRevision(String(record.revision));
  recorded.setCommitPosition(String(record.position));
  recorded.setPreparePosition(String(record.position));
  const about = recorded.getMetadataMap();
  about.set('type', record.type);
  about.set('content-type', record.contentType);
  about.set('created', String(record.created));
  recorded.setData(record.data);
  recorded.setCustomMetadata(record.metadata);
  const read = new pb.ReadResp.ReadEvent();
  read.setEvent(recorded);
  read.setCommitPosition(String(record.position));
  const answer = new pb.ReadResp();
  answer.setEvent(read);
  return answer;
}

export function notFoundAnswer(stream: string): ReadResp {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Uint8Array.from(Buffer.from(stream)));
  const notFound = new pb.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifier);
  const answer = new pb.ReadResp();
  answer.setStreamNotFound(notFound);
  return answer;
}

export function confirmation(): ReadResp {
  const confirmed = new pb.ReadResp.SubscriptionConfirmation();
  confirmed.setSubscriptionId(randomUUID());
  const answer = new pb.ReadResp();
  answer.setConfirmation(confirmed);
  return answer;
}

export function caughtUp(): ReadResp {
  const answer = new pb.ReadResp();
  answer.setCaughtUp(new pb.ReadResp.CaughtUp());
  return answer;
}

export function checkpoint(position: number): ReadResp {
  const reached = new pb.ReadResp.Checkpoint();
  reached.setCommitPosition(String(position));
  reached.setPreparePosition(String(position));
  const answer = new pb.ReadResp();
  answer.setCheckpoint(reached);
  return answer;
}

/** Whether a record passes the filter of a read, and after how many records looked at a checkpoint is due (0: never). */
export function filterOf(options: ReadReq.Options): {
  passes: (record: StoredRecord) => boolean;
  every: number;
} {
  const filter = options.hasFilter() ? options.getFilter() : undefined;
  if (filter === undefined) return { passes: () => true, every: 0 };
  const [expression, part] = filter.hasEventType()
    ? ([filter.getEventType()!, 'type'] as const)
    : ([filter.getStreamIdentifier()!, 'stream'] as const);
  const prefixes = expression.getPrefixList();
  const regex = expression.getRegex() === '' ? null : new RegExp(expression.getRegex());
  return {
    passes: (record) =>
      regex === null ? prefixes.some((prefix) => record[part].startsWith(prefix)) : regex.test(record[part]),
    every: (filter.hasMax() ? filter.getMax() : 32) * filter.getCheckpointintervalmultiplier(),
  };
}
