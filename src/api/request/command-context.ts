// From a request to the context of its command: who sends it, how it is recognised when it comes again, until when.
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '../../commands/command.ts';
import { commandIdOf, requestHashOf } from '../../commands/command-id.ts';
import type { Clock, Ids } from '../../ports/clock.ts';
import type { Principal } from './key-ring.ts';

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export class CommandContexts {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #deadlineMs: number;

  /** `deadlineMs`: how long after its arrival a command may still be decided; one with priority always may. */
  constructor(clock: Clock, ids: Ids, deadlineMs: number) {
    this.#clock = clock;
    this.#ids = ids;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * `customerId` is the one named in the body, part of the key's scope; `body` is what is compared when the key comes
   * again, by default the JSON body as it was sent.
   */
  of(
    request: FastifyRequest,
    more: { customerId?: string; body?: unknown; priority?: boolean } = {},
  ): CommandContext {
    const principal = request.principal as Principal;
    const key = request.headers['idempotency-key'];
    const traceparent = request.headers['traceparent'];
    // Elsewhere a key was not checked, and nobody was promised that it counts.
    const keyed = typeof key === 'string' && request.routeOptions.config.keyed === true;
    const context = {
      commandId: keyed ? this.#derived(request, principal, more.customerId ?? '', key) : this.#ids.uuid(),
      requestHash: keyed ? requestHashOf('body' in more ? more.body : (request.jsonBody ?? {})) : '',
      keyed,
      actor: principal.actor,
      correlationId: request.id,
      ...(more.priority ? { priority: true } : { deadlineMs: this.#clock.now() + this.#deadlineMs }),
    };
    return typeof traceparent === 'string' && TRACEPARENT.test(traceparent)
      ? { ...context, traceparent }
      : context;
  }

  #derived(request: FastifyRequest, { clientId }: Principal, customerId: string, key: string): string {
    const { method, params, routeOptions } = request;
    // As it was understood, ids in lower case and without escapes, so that no spelling of it is another command.
    const path = pathOf(routeOptions.url ?? '', params as Readonly<Record<string, string>>);
    return commandIdOf({ clientId, customerId, method, path, key });
  }
}

const pathOf = (pattern: string, params: Readonly<Record<string, string>>): string =>
  pattern.replace(/:(\w+)/g, (_, name: string) => params[name] as string);
