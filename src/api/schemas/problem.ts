// The problem document (RFC 9457), for the documentation.
import { z } from 'zod';

export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'A sentence that says what to do.' }),
    code: z.string().meta({ description: 'A stable name.' }),
    instance: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })).optional(),
  })
  .meta({
    id: 'Problem',
    description: 'Problem details (RFC 9457), with the members that the code has beside them.',
  });
