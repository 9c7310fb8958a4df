// Every route with a body: a good body, and bad ones with what they must point at.
import { bookingBodies } from './bodies-of-booking.ts';
import { managingBodies } from './bodies-of-managing.ts';
import type { Hall } from './hall.ts';

export interface BodyCase {
  readonly method: string;
  readonly path: string;
  readonly good: Record<string, unknown>;
  readonly bad: readonly (readonly [body: Record<string, unknown>, pointer: string])[];
}

export const bodies = (hall: Hall): BodyCase[] => [...bookingBodies(hall), ...managingBodies(hall)];
