// What the OpenAPI document says of bodies and answers beside the schemas of their routes: an example of each, put together
// from those of its parts, and what the events and lines of streams are.
import { z } from 'zod';
import { SEATS_MAX } from '../domain/seating-plan/drawing.ts';
import { EXAMPLES, TEXTS } from './openapi-examples.ts';
import type { ProblemExamples, SharedExamples } from './openapi-problems.ts';
import { count, whole } from './schemas/basics.ts';
import { area } from './schemas/browsing.ts';

interface Schema {
  readonly $ref?: string;
  examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}
interface Media {
  readonly schema?: Schema;
  example?: unknown;
  examples?: unknown;
  'x-itemSchema'?: unknown;
}
type Content = Readonly<Record<string, Media>>;

/** Of an operation, what it takes and gives. */
export interface Exchanging {
  readonly operationId?: string;
  readonly requestBody?: { readonly content?: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** As routes declare them: status -> what is answered, with the examples of problems. */
export type Answers = Readonly<
  Record<string, { readonly content?: Readonly<Record<string, { readonly examples?: ProblemExamples }>> }>
>;

const PROBLEM = 'application/problem+json';
const seatIndex = whole(0, SEATS_MAX - 1);
const delta = z
  .object({
    revision: count,
    changes: z.array(z.tuple([seatIndex, whole(0, 3)])).meta({
      description:
        'The index of a seat in the plan, and what it is now: 0 free, 1 held, 2 booked, 3 blocked or kept.',
    }),
    areas: z.array(area).meta({ description: 'Those that changed, as they are now.' }),
  })
  .meta({ id: 'AvailabilityDelta', description: 'What has changed on the map since what was sent before.' });
const cloudEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z
      .string()
      .meta({ description: 'The bare name; docs/events.md lists them, and new ones may come.' }),
    subject: z.string().meta({ description: 'The stream.' }),
    time: z.iso.datetime(),
    datacontenttype: z.literal('application/json'),
    position: z.string().meta({ description: 'In the log: go on `after` it.' }),
    revision: count.meta({ description: 'In its stream, from 0 on.' }),
    correlationid: z.string(),
    causationid: z.string(),
    commandid: z.string(),
    actor: z.string(),
    traceparent: z.string().optional(),
    data: z.record(z.string(), z.unknown()).meta({ description: 'What happened, by its type.' }),
  })
  .meta({ id: 'CloudEvent', description: 'A recorded event, as CloudEvents 1.0 has it.' });

const referTo = (name: unknown) => ({ $ref: `#/components/schemas/${String(name)}` });
const serverSent = (event: string, name: unknown) => ({
  type: 'object',
  properties: {
    id: { type: 'string' },
    event: { const: event },
    data: { type: 'string', contentMediaType: 'application/json', contentSchema: referTo(name) },
  },
});
/** As the `itemSchema` of OpenAPI 3.2: what follows on each other in a body of this type. */
const ITEMS: Readonly<Record<string, unknown>> = {
  'text/event-stream': {
    oneOf: [serverSent('snapshot', 'Availability'), serverSent('delta', delta.meta()?.id)],
  },
  'application/x-ndjson': referTo(cloudEvent.meta()?.id),
};

/** Answers may get new members: whoever reads by the document passes over what is not in it. */
function open(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  if ('properties' in schema && 'additionalProperties' in schema && schema.additionalProperties === false)
    delete schema.additionalProperties;
  for (const part of Object.values(schema)) open(part);
}

/** Gives each named schema its example; all of them are of answers. */
export function illustrate(schemas: Readonly<Record<string, object>>): void {
  open(schemas);
  for (const [name, schema] of Object.entries(schemas)) Object.assign(schema, { examples: [EXAMPLES[name]] });
}

/** `taken`: the example of the body that it takes, which a schema that transforms loses; `answers`: what its route declares. */
export function describeMedia(
  { requestBody, responses }: Exchanging,
  { taken, answers = {} }: { readonly taken: unknown; readonly answers: Answers | undefined },
  shared: SharedExamples,
): void {
  for (const [type, media] of Object.entries(requestBody?.content ?? {}))
    media.example = taken ?? TEXTS[type];
  open(responses);
  for (const [status, { content = {} }] of Object.entries(responses)) {
    for (const [type, media] of Object.entries(content)) {
      const problems = answers[status]?.content?.[type]?.examples;
      if (type === PROBLEM) media.examples = problems && shared.refer(problems);
      else media.example = TEXTS[type] ?? exampleOf(media.schema);
      if (type in ITEMS) media['x-itemSchema'] = ITEMS[type];
    }
  }
}

/** Members that may be absent are left out unless they have an example of their own. */
function exampleOf(schema: Schema = {}): unknown {
  const { $ref, examples, items, properties, required = [] } = schema;
  if ($ref !== undefined) return EXAMPLES[$ref.slice($ref.lastIndexOf('/') + 1)];
  if (examples !== undefined) return examples[0];
  if (items !== undefined) return [exampleOf(items)];
  if (properties === undefined) return schema.enum?.[0] ?? null;
  const shown = Object.entries(properties).filter(
    ([name, { examples }]) => examples ?? required.includes(name),
  );
  return Object.fromEntries(shown.map(([name, member]) => [name, exampleOf(member)]));
}
