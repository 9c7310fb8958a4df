// Bodies under Book, good and bad.
import type { BodyCase } from './bodies.ts';
import type { Hall } from './hall.ts';
import { GHOST } from './refusal.ts';

export const bookingBodies = (hall: Hall): BodyCase[] => [
  {
    method: 'POST',
    path: `${hall.path}/holds`,
    good: { customerId: 'ann', seats: ['A-1'] },
    bad: [
      [{ seats: ['A-1'] }, '/customerId'],
      [{ customerId: 'ann@example.org', seats: ['A-1'] }, '/customerId'],
      [{ customerId: 'x'.repeat(65), seats: ['A-1'] }, '/customerId'],
      [{ customerId: 7, seats: ['A-1'] }, '/customerId'],
      [{ customerId: 'ann', seats: [] }, '/seats'],
      [{ customerId: 'ann' }, '/seats'],
      [{ customerId: 'ann', seats: 'A-1' }, '/seats'],
      [{ customerId: 'ann', seats: ['A-1', 2] }, '/seats/1'],
      [{ customerId: 'ann', seats: ['A-1', ''] }, '/seats/1'],
      [{ customerId: 'ann', seats: ['A-1', 'A-\u0000'] }, '/seats/1'],
      [{ customerId: 'ann', seats: ['A-1', 'A-2', 'A-1'] }, '/seats'],
      [{ customerId: 'ann', seats: Array.from({ length: 101 }, (_, i) => `A-${i}`) }, '/seats'],
      [{ customerId: 'ann', areas: [{ areaId: 'floor', quantity: 0 }] }, '/areas/0/quantity'],
      [{ customerId: 'ann', areas: [{ areaId: 'floor', quantity: -1 }] }, '/areas/0/quantity'],
      [{ customerId: 'ann', areas: [{ areaId: 'floor', quantity: 1.5 }] }, '/areas/0/quantity'],
      [{ customerId: 'ann', areas: [{ areaId: 'floor', quantity: '1' }] }, '/areas/0/quantity'],
      [
        {
          customerId: 'ann',
          areas: [
            { areaId: 'floor', quantity: 1 },
            { areaId: 'floor', quantity: 1 },
          ],
        },
        '/areas',
      ],
      [{ customerId: 'ann', seats: ['A-1', 'A-2'], areas: [{ areaId: 'floor', quantity: 99 }] }, '/areas'],
      [
        { customerId: 'ann', bestAvailable: { categoryId: 'Stalls', quantity: 101 } },
        '/bestAvailable/quantity',
      ],
      [
        { customerId: 'ann', bestAvailable: { categoryId: 'Stalls', quantity: 2, together: 'yes' } },
        '/bestAvailable/together',
      ],
      [
        { customerId: 'ann', seats: ['A-1'], bestAvailable: { categoryId: 'Stalls', quantity: 1 } },
        '/bestAvailable',
      ],
    ],
  },
  {
    method: 'POST',
    path: `${hall.path}/holds/${GHOST}/confirm`,
    good: {},
    bad: [[{ paymentReference: 7 }, '/paymentReference']],
  },
  {
    method: 'POST',
    path: `${hall.path}/bookings/${GHOST}/cancel`,
    good: { reason: 'ill' },
    bad: [
      [{}, '/reason'],
      [{ reason: '  ' }, '/reason'],
      [{ reason: 'x'.repeat(501) }, '/reason'],
    ],
  },
  {
    method: 'POST',
    path: `${hall.path}/waitlist`,
    good: { customerId: 'ann', categoryId: 'Stalls', quantity: 1 },
    bad: [
      [{ categoryId: 'Stalls', quantity: 1 }, '/customerId'],
      [{ customerId: 'ann', quantity: 1 }, '/categoryId'],
      [{ customerId: 'ann', categoryId: 'Stalls', quantity: 0 }, '/quantity'],
      [{ customerId: 'ann', categoryId: 'Stalls', quantity: 1e6 }, '/quantity'],
      [{ customerId: 'ann', categoryId: 'Stalls', quantity: 1, acceptFewer: 1 }, '/acceptFewer'],
    ],
  },
  {
    method: 'POST',
    path: `${hall.path}/waitlist/${GHOST}/move`,
    good: { ahead: 0, reason: 'x' },
    bad: [
      [{ ahead: -1, reason: 'x' }, '/ahead'],
      [{ ahead: 0 }, '/reason'],
    ],
  },
  {
    method: 'POST',
    path: `${hall.path}/waitlist/${GHOST}/remove`,
    good: { reason: 'x' },
    bad: [[{}, '/reason']],
  },
];
