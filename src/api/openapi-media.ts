// Gives every body and answer of the OpenAPI document an example: what stands for its schema, or what is put together from
// the examples of the parts.
import { EXAMPLES, TEXTS } from './openapi-examples.ts';

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
}
type Content = Readonly<Record<string, Media>>;

/** Of an operation, what it takes and gives. */
export interface Exchanging {
  readonly operationId?: string;
  readonly requestBody?: { readonly content?: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** Gives each named schema its example. */
export function illustrate(schemas: Readonly<Record<string, object>>): void {
  for (const [name, schema] of Object.entries(schemas)) Object.assign(schema, { examples: [EXAMPLES[name]] });
}

/** `taken`: the example of the body that it takes, which a schema that transforms loses. */
export function describeMedia({ requestBody, responses }: Exchanging, taken: unknown): void {
  for (const [type, media] of Object.entries(requestBody?.content ?? {}))
    media.example = taken ?? TEXTS[type];
  for (const { content = {} } of Object.values(responses)) {
    // Problems are all of one schema, which has its example.
    for (const [type, media] of Object.entries(content))
      if (type !== 'application/problem+json') media.example = TEXTS[type] ?? exampleOf(media.schema);
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
