// If-Match on edits: the version that the editor saw.
import type { FastifyRequest } from 'fastify';
import { invalid } from '../errors.ts';

/** A version that nothing ever has. */
const NO_VERSION = -1;

/** The version named by If-Match; undefined without one or for `*`. A tag that is no version matches none. */
export function ifVersionOf(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match']?.trim();
  if (header === undefined || header === '*') return undefined;
  const tag = /^(W\/)?"([\x21\x23-\x7e]*)"$/.exec(header);
  if (tag === null)
    throw invalid(
      '/headers/if-match',
      'wrongFormat',
      'Give If-Match as one version in quotes, for example "3".',
    );
  // Only strong tags match here, character by character (RFC 9110 §13.1.1).
  return tag[1] === undefined && /^(?:0|[1-9]\d{0,14})$/.test(tag[2] ?? '') ? Number(tag[2]) : NO_VERSION;
}
