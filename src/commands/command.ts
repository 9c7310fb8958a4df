// What travels with a command, and what comes back: the vocabulary between the api, the workers and the pipeline.
import type { Rejection } from '../domain/rejection.ts';

/** Who sends a command, and how it is recognised when it is sent again. */
export interface CommandContext {
  /** Same id, same command: found in the state of its stream and answered again, not done again. */
  readonly commandId: string;
  /** Digest of the body; '' where no Idempotency-Key makes the command recognisable: then its stream does not remember it. */
  readonly requestHash: string;
  /** An Idempotency-Key came with it: it is remembered even where it changes nothing (`AlreadySo`). */
  readonly keyed?: boolean;
  /** `client:<clientId>`, `system:<worker>`, `import:<source>`. */
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  /** Absolute, ms since 1970: not decided after it. */
  readonly deadlineMs?: number;
  /** Never shed while the queue is full: confirming a live hold. */
  readonly priority?: boolean;
}

/** The verdict on one command, given only after the durable commit. */
export type Outcome<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** Of the stream, after this command's events. */
      readonly revision: number;
      /** A view that has reached it has seen this command. */
      readonly position: number;
      /** The same commandId had done it before. */
      readonly replayed: boolean;
      /** Whether events were written now; false: "already so" or replayed. */
      readonly changed: boolean;
    }
  | { readonly ok: false; readonly rejection: Rejection };
