// Twelve bugs that a careful reader could have let through. Each is an edit of the engine's source, made as it is loaded by a
// run that asks for it, and nowhere else: the engine itself carries no switch. The simulator must find every one.

export interface PlantedBug {
  readonly name: string;
  readonly says: string;
  /** Path in the repository -> what is replaced by what. Each text stands there exactly once. */
  readonly edits: readonly { readonly file: string; readonly find: string; readonly put: string }[];
}

const bug = (
  name: string,
  says: string,
  ...edits: readonly (readonly [file: string, find: string, put: string])[]
): PlantedBug => ({ name, says, edits: edits.map(([file, find, put]) => ({ file, find, put })) });

export const PLANTED_BUGS: readonly PlantedBug[] = [
  bug('no-version-check', 'the log takes an append at whatever revision its stream has', [
    'src/adapters/memory/memory-event-log.ts',
    'if (revision === expectedRevision) {',
    'if (revision >= expectedRevision) {',
  ]),
  bug('verdict-before-commit', 'the answer is given when the decision is made', [
    'src/commands/writer.ts',
    'const startedMs = clock.steady();',
    'const startedMs = clock.steady(); for (const item of batch) item.settle(0, metrics);',
  ]),
  bug('wall-clock', 'a decision uses the time of its own machine, though the show is later already', [
    'src/commands/batch-decision.ts',
    'return Math.max(this.#parts.nowMs, this.#state.lastAt);',
    'return this.#parts.nowMs;',
  ]),
  bug(
    'live-at-the-end',
    'a hold is live at its very end',
    [
      'src/domain/show/holds.ts',
      "hold.status === 'live' && nowMs < hold.until",
      "hold.status === 'live' && nowMs <= hold.until",
    ],
    [
      'src/domain/show/due-queue.ts',
      'return hold.until <= nowMs ? hold : null;',
      'return hold.until < nowMs ? hold : null;',
    ],
  ),
  bug(
    'checkpoint-before-rows',
    'the checkpoint is committed before the rows',
    [
      'src/projections/apply-batch.ts',
      'await db.transaction().execute((tx) => handleMoved(tx, projection, events, move, horizon));',
      `const isDue = await db.transaction().execute((tx) => move(tx));
    await db.transaction().execute(async (tx) => {
      await useSchema(tx, at);
      await handleMoved(tx, projection, events, () => Promise.resolve(isDue), horizon);
    });`,
    ],
    ['src/projections/apply-batch.ts', 'import { moveCheckpoint,', 'import { moveCheckpoint, useSchema,'],
  ),
  bug(
    'checkpoint-to-last-seen',
    'the checkpoint moves to what has been heard of, not to what has been written',
    [
      'src/projections/runner.ts',
      'const batch = this.#inbox.take(at.position, BATCH_SIZE_MAX);',
      `const { events } = this.#inbox.take(at.position, 3);
    const batch = { events, upTo: this.#inbox.upTo };`,
    ],
  ),
  bug(
    'retry-under-a-new-id',
    'a command sent again gets another id',
    [
      'src/commands/command-id.ts',
      'return uuidV5(JSON.stringify([clientId, customerId, method, path, key]));',
      'attempts += 1; return uuidV5(JSON.stringify([clientId, customerId, method, path, key, attempts]));',
    ],
    ['src/commands/command-id.ts', 'const HASH_LENGTH = 22;', 'const HASH_LENGTH = 22; let attempts = 0;'],
  ),
  bug('line-by-timestamp', 'places in the line are times', [
    'src/domain/show/waitlist.ts',
    "turn.emit({ type: 'WaitlistJoined', data: { ...entry, place: state.revision + 1 } });",
    "turn.emit({ type: 'WaitlistJoined', data: { ...entry, place: nowMs } });",
  ]),
  bug('offer-repeated', 'who has an offer waits again after a crash', [
    'src/domain/show/snapshot.ts',
    'state.lines.set(category, line);',
    `state.lines.set(category, line);
    for (const { id, status, categoryId, changedAt } of saved.entries)
      if (status === 'offered' && categoryId === category) line.append({ entryId: id, place: Infinity, changedAt });`,
  ]),
  bug('no-fencing', 'a projector writes on though another has moved the checkpoint', [
    'src/projections/registry.ts',
    ' and position = ${from.position}\n',
    '\n',
  ]),
  bug(
    'key-beside-the-append',
    'that a key was used is remembered outside the append',
    [
      'src/commands/batch-decision.ts',
      'const knownHash = state.commands.get(context.commandId);',
      'const knownHash = keysOf(this.#parts.ids).get(context.commandId);',
    ],
    [
      'src/commands/batch-decision.ts',
      'const decision = this.#decideOne(command, this.#metadata(context));',
      "const decision = this.#decideOne(command, this.#metadata(context)); if (context.keyed && 'accepted' in decision) keysOf(this.#parts.ids).set(context.commandId, context.requestHash);",
    ],
    [
      'src/commands/batch-decision.ts',
      'const NOTHING = {',
      // Of one process, as in its memory: what a run before has left there would be found, and not the bug.
      `const KEYS = new WeakMap<object, Map<string, string>>();
const keysOf = (process: object): Map<string, string> => {
  const known = KEYS.get(process) ?? new Map<string, string>();
  KEYS.set(process, known);
  return known;
};
const NOTHING = {`,
    ],
  ),
  bug('snapshot-of-any-version', 'a snapshot is loaded whatever version its shape has', [
    'src/ports/snapshot-store.ts',
    "if (saved.version !== shape.version) return 'ignored';",
    '',
  ]),
];

/** Five more, of what carries the log to feed, views and index: found in the distributed world. */
export const FEED_BUGS: readonly PlantedBug[] = [
  bug('checkpoint-before-ack', 'the relay saves its progress before the feed has acknowledged', [
    'src/workers/relay.ts',
    'const offsets = await publisher.publish(events, this.#log ?? undefined);',
    'saving.save({ position: events.at(-1)!.position, offsets: publisher.ends }); const offsets = await publisher.publish(events, this.#log ?? undefined);',
  ]),
  bug('zombie-without-fencing', 'a relay moves progress though another has claimed it', [
    'src/adapters/postgres/postgres-relay-progress-store.ts',
    'where name = ${this.#name} and token = ${token} and position <= ${position} returning 1`',
    'where name = ${this.#name} returning 1`',
  ]),
  bug(
    'offsets-outside-the-transaction',
    'rows are committed before the offsets of their partition',
    [
      'src/projections/apply-batch.ts',
      'await db.transaction().execute((tx) => handleMoved(tx, projection, events, move, horizon));',
      `await db.transaction().execute(async (tx) => {
      await useSchema(tx, at);
      await projection.handle(events, { tx, horizon });
    });
    await db.transaction().execute((tx) => move(tx));`,
    ],
    ['src/projections/apply-batch.ts', 'import { moveCheckpoint,', 'import { moveCheckpoint, useSchema,'],
  ),
  bug('waits-for-news', 'a view waits for the next event though the feed has forgotten what it lacks', [
    'src/projections/partition-feed.ts',
    'Math.max(this.#asked.get(p) ?? 0, this.#ends[p] ?? 0)',
    '(this.#asked.get(p) ?? 0)',
  ]),
  bug('index-without-external-version', 'a document is written whatever the index has', [
    'src/adapters/opensearch/opensearch-generations.ts',
    "version: position, version_type: 'external_gte' } },",
    '} },',
  ]),
];
