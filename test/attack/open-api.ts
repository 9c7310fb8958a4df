// The OpenAPI document as attacks use it: its operations, and what is wrong with an answer by what it says.
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Client } from '../api/client.ts';

export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema; readonly 'x-itemSchema'?: Schema }>>;

export interface Operation {
  /** `POST /v1/events` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

/** What came, as far as the document says something about it. */
export interface Came {
  readonly status: number;
  readonly contentType: string | null;
  readonly requestId: string | null;
  readonly text: string;
}

/** Answers that any address may give, whatever stands there: the request never got as far as an operation. */
const ANYWHERE = new Set(['RouteNotFound', 'MethodNotAllowed', 'HeadersTooLarge']);
const INSIDES = /node_modules|\n\s+at |\.ts:\d+|postgres(ql)?:\/\/|duplicate key|syntax error at/;

export interface OpenApi {
  readonly operations: readonly Operation[];
  /** What of an answer is not as documented; null: all of it is. */
  complaint(operation: Operation, came: Came): string | null;
  /** What of a value is not as the schema of this name says; null: all of it is. */
  misfit(name: string, value: unknown): string | null;
}

export async function readOpenApi(call: Client): Promise<OpenApi> {
  const document = JSON.parse((await call('GET', '/openapi.json')).text, closed);
  const ajv = new Ajv2020({ strict: false, allErrors: false, discriminator: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'openapi', components: document.components });
  const validators = new Map<string, ValidateFunction>();
  const operations = operationsOf(document.paths);

  function validator(operation: Operation, status: number, type: string, schema: Schema): ValidateFunction {
    const key = `${operation.name} ${status} ${type}`;
    let validate = validators.get(key);
    if (validate === undefined) {
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/');
      validators.set(key, (validate = ajv.compile(JSON.parse(text) as object)));
    }
    return validate;
  }

  return {
    operations,
    misfit: (name, value) =>
      ajv.validate({ $ref: `openapi#/components/schemas/${name}` }, value) ? null : ajv.errorsText(),
    complaint(operation, came) {
      if (came.status >= 500) return 'a failure of the server';
      if (INSIDES.test(came.text) && came.status >= 400) return 'insides are shown';
      const problem = came.contentType?.startsWith('application/problem+json')
        ? (JSON.parse(came.text) as { status: number; code: string; requestId: string })
        : null;
      if (problem !== null && ANYWHERE.has(problem.code)) return null;
      const response = operation.responses[came.status];
      if (response === undefined) return `the status ${came.status} is not documented`;
      if (problem !== null) {
        if (!response.description.includes(`\`${problem.code}\``)) return `${problem.code} is not documented`;
        if (problem.status !== came.status) return 'the status in the body is another';
        if (problem.requestId !== came.requestId) return 'the requestId in the body is another';
      }
      if (response.content === undefined || came.status === 304) return null;
      const type = came.contentType?.split(';', 1)[0] ?? '';
      const schema = response.content[type]?.schema;
      if (schema === undefined) return `${type || 'no media type'} is not documented`;
      const isLines = type === 'application/x-ndjson';
      if (!isLines && !type.endsWith('json')) return null;
      const item = response.content[type]?.['x-itemSchema'];
      const validate = validator(operation, came.status, type, isLines ? item! : schema);
      for (const line of isLines ? came.text.split('\n').slice(0, -1) : [came.text])
        if (!validate(JSON.parse(line))) return ajv.errorsText(validate.errors);
      return null;
    },
  };
}

function operationsOf(paths: Record<string, Record<string, RawOperation>>): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters: raw.parameters ?? [],
      body: Object.values(raw.requestBody?.content ?? {})[0]?.schema ?? null,
      responses: raw.responses,
    })),
  );
}

interface RawOperation {
  readonly parameters?: Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Operation['responses'];
}

/** Clients pass over members that they do not know; here there are none but those that are documented. */
export function closed(_key: string, value: unknown): unknown {
  const isOfMembers = typeof value === 'object' && value !== null && 'properties' in value;
  return isOfMembers ? { ...value, additionalProperties: false } : value;
}
