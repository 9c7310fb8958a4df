// Ids of everything in the demo, all from one seed: a demo that was broken off goes on where it stopped, and one that
// is there already stays as it is.
import { v5 } from 'uuid';
import type { CommandContext } from '../commands/command.ts';

const NAMESPACE = '3f7b5d0e-93c4-4a53-8a64-1f0a6d1c52e7';
const ACTOR = 'system:demo';

/** The id of a thing, or of the command of one step with it. */
export function demoId(seed: number, ...key: readonly (string | number)[]): string {
  return v5(JSON.stringify([seed, ...key]), NAMESPACE);
}

export function demoContext(seed: number, ...key: readonly (string | number)[]): CommandContext {
  const commandId = demoId(seed, ...key);
  return { commandId, requestHash: 'demo', actor: ACTOR, correlationId: demoId(seed, 'demo') };
}

/** The front end in whose name the demo's tickets were sold. */
export const demoClientId = (seed: number): string => demoId(seed, 'client');
export const demoCustomer = (n: number): string => `demo-${String(n).padStart(6, '0')}`;
