// The problem document (RFC 9457), for the documentation.
import { z } from 'zod';
import { areaCapacity, count, placeCount, ticketsPerCustomer, whole } from './basics.ts';

export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: whole(400, 599),
    detail: z.string().meta({ description: 'A sentence that says what to do.' }),
    code: z.string().meta({ description: 'A stable name.' }),
    instance: z.string(),
    requestId: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), code: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What is wrong with the input, one by one.' }),
    seats: z.array(z.string()).optional().meta({ description: 'The seats that it is about.' }),
    areas: z
      .array(z.union([z.object({ areaId: z.string(), free: areaCapacity }), z.string()]))
      .optional()
      .meta({ description: 'The areas that it is about; with what is free there where too little is.' }),
    categories: z.array(z.string()).optional().meta({ description: 'The categories that it is about.' }),
    free: placeCount.optional().meta({ description: 'What is free in the category.' }),
    limit: ticketsPerCustomer.optional().meta({ description: 'How many tickets a customer may have.' }),
    held: count.optional().meta({ description: 'How many the customer has.' }),
    opensAt: z.iso.datetime().nullish().meta({ description: 'null: when the event is published.' }),
    until: z.iso.datetime().optional().meta({ description: 'When the customer may hold again.' }),
    bookingId: z.string().optional().meta({ description: 'What the hold was confirmed as.' }),
    entryId: z.string().optional().meta({ description: 'Where the customer stands already.' }),
    areaId: z.string().optional(),
    taken: placeCount.optional().meta({ description: 'What is held or booked in `areaId`.' }),
    version: count.optional().meta({ description: 'The present one.' }),
  })
  .meta({
    id: 'Problem',
    description:
      'Problem details (RFC 9457): by its code it has some of the members that are optional here, and others may come.',
  });
