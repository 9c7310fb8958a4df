// What an event is, before and after it is stored. Events are the storage format of the product: a stored
// name or field never changes its meaning; a new optional field needs nothing, anything else is a new type.

/** An event as a decision makes it: what happened, without who and when. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/**
 * A command with an Idempotency-Key found everything as it wanted it. Changes nothing; it is recorded so that the key is
 * remembered: sent again later, when things stand otherwise, the command is not done then.
 */
export type AlreadySo = DomainEvent<'AlreadySo', { readonly command: string }>;

/** Who, why and when; the same for every event of one command. Never holds personal data. */
export interface EventMetadata {
  /** Id of the command; derived from caller and Idempotency-Key where there is one (UUIDv5). */
  readonly commandId: string;
  /** Digest of the command's body: the same commandId with another hash is a reused key. */
  readonly requestHash: string;
  /** `client:<clientId>`, `system:<worker>` or `import:<source>`. */
  readonly actor: string;
  readonly correlationId: string;
  /** The command's id where nothing else caused it. */
  readonly causationId: string;
  /** Time of the decision, RFC 3339 UTC; never earlier than that of the stream's last event. */
  readonly at: string;
  /** W3C trace context of the request, where it had one. */
  readonly traceparent?: string;
}

/** An event ready to be appended; its id stays the same over retries of the append. */
export interface NewEvent extends DomainEvent {
  readonly id: string;
  readonly metadata: EventMetadata;
}

/** An event as the log gives it back. Revisions start at 0 in each stream; positions only grow over the whole log. */
export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
}

/** `show-<uuid>` -> `<uuid>`. */
export const idOf = (stream: string): string => stream.slice(-36);
