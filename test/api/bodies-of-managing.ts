// Bodies under Manage, good and bad.
import type { BodyCase } from './bodies.ts';
import { rowOf } from './hall.ts';
import type { Hall } from './hall.ts';
import { GHOST } from './refusal.ts';

const EUR = (amount: unknown) => ({ amount, currency: 'EUR' });

export const managingBodies = (hall: Hall): BodyCase[] => [
  {
    method: 'POST',
    path: '/v1/venues',
    good: { name: 'Hall', timeZone: 'Europe/Madrid', city: 'Madrid' },
    bad: [
      [{ timeZone: 'Europe/Madrid', city: 'Madrid' }, '/name'],
      [{ name: '', timeZone: 'Europe/Madrid', city: 'Madrid' }, '/name'],
      [{ name: 'Hall', timeZone: 'Mars/Olympus', city: 'Madrid' }, '/timeZone'],
      [{ name: 'Hall', timeZone: '+02:00', city: 'Madrid' }, '/timeZone'],
      [{ name: 'Hall', timeZone: 'CAT', city: 'Harare' }, '/timeZone'],
      [{ name: 'Hall', timeZone: 'UTC', city: 'Madrid', country: 'Spain' }, '/country'],
      [{ name: 'Hall', timeZone: 'UTC', city: 'Madrid', lat: 91 }, '/lat'],
      [{ name: 'Hall \uD800', timeZone: 'UTC', city: 'Madrid' }, '/name'],
    ],
  },
  {
    method: 'POST',
    path: `/v1/venues/${hall.venueId}/seating-plans`,
    good: { plan: rowOf(2), areas: [{ id: 'a', name: 'A', categoryId: 'A', capacity: 5 }] },
    bad: [
      [{}, '/plan'],
      [{ plan: [] }, '/plan'],
      [{ plan: { name: 'x' } }, '/plan/categories'],
      [
        { plan: { ...rowOf(1), zones: [{ name: 'Main', position: { x: 'left', y: 0 }, rows: [] }] } },
        '/plan/zones/0/position/x',
      ],
      [{ areas: [{ id: 'a', name: 'A', categoryId: 'A', capacity: -5 }] }, '/areas/0/capacity'],
      [{ areas: [{ id: 'a', name: 'A', categoryId: 'A' }] }, '/areas/0/capacity'],
      [{ plan: rowOf(1), focalPoint: { x: 1 } }, '/focalPoint/y'],
    ],
  },
  {
    method: 'POST',
    path: '/v1/events',
    good: { title: 'Concert' },
    bad: [
      [{}, '/title'],
      [{ title: 'x', tags: 'a' }, '/tags'],
      [{ title: 'x', language: 'not a tag!' }, '/language'],
    ],
  },
  {
    method: 'POST',
    path: `/v1/events/${hall.eventId}/shows`,
    good: {
      venueId: hall.venueId,
      seatingPlanId: hall.seatingPlanId,
      startsAt: '2099-05-01T19:00:00Z',
      prices: { Stalls: EUR(1), Standing: EUR(1) },
    },
    bad: [
      [{ seatingPlanId: hall.seatingPlanId, startsAt: '2099-05-01T19:00:00Z', prices: {} }, '/venueId'],
      [{ venueId: hall.venueId, seatingPlanId: hall.seatingPlanId, prices: {} }, '/startsAt'],
      ...[
        '2021-09-31T20:00:00Z',
        '2099-05-01T19:00:00',
        '2099-05-01',
        'tomorrow',
        '2099-05-01T25:00:00Z',
        '0000-01-01T00:00:00Z',
      ].map((startsAt): [Record<string, unknown>, string] => [
        {
          venueId: hall.venueId,
          seatingPlanId: hall.seatingPlanId,
          startsAt,
          prices: { Stalls: EUR(1), Standing: EUR(1) },
        },
        '/startsAt',
      ]),
      [
        {
          venueId: hall.venueId,
          seatingPlanId: hall.seatingPlanId,
          startsAt: '2099-05-01T19:00:00Z',
          endsAt: '2099-05-01T18:00:00Z',
          prices: { Stalls: EUR(1), Standing: EUR(1) },
        },
        '/endsAt',
      ],
      [
        {
          venueId: hall.venueId,
          seatingPlanId: hall.seatingPlanId,
          startsAt: '2099-05-01T19:00:00Z',
          prices: { Stalls: EUR(1) },
        },
        '/prices/Standing',
      ],
      [
        {
          venueId: hall.venueId,
          seatingPlanId: hall.seatingPlanId,
          startsAt: '2099-05-01T19:00:00Z',
          prices: { Stalls: EUR(-1), Standing: EUR(1) },
        },
        '/prices/Stalls/amount',
      ],
      [
        {
          venueId: hall.venueId,
          seatingPlanId: hall.seatingPlanId,
          startsAt: '2099-05-01T19:00:00Z',
          prices: { Stalls: EUR(0.5), Standing: EUR(1) },
        },
        '/prices/Stalls/amount',
      ],
      [
        {
          venueId: hall.venueId,
          seatingPlanId: hall.seatingPlanId,
          startsAt: '2099-05-01T19:00:00Z',
          prices: { Stalls: { amount: 1, currency: 'euro' }, Standing: EUR(1) },
        },
        '/prices/Stalls/currency',
      ],
      [
        {
          venueId: hall.venueId,
          seatingPlanId: hall.seatingPlanId,
          startsAt: '2099-05-01T19:00:00Z',
          prices: { Stalls: EUR(1), Standing: EUR(1) },
          holdTtlMs: 999,
        },
        '/holdTtlMs',
      ],
      [
        {
          venueId: hall.venueId,
          seatingPlanId: hall.seatingPlanId,
          startsAt: '2099-05-01T19:00:00Z',
          prices: { Stalls: EUR(1), Standing: EUR(1) },
          ticketsPerCustomer: 101,
        },
        '/ticketsPerCustomer',
      ],
    ],
  },
  { method: 'POST', path: `/v1/events/${hall.eventId}/publish`, good: {}, bad: [] },
  { method: 'POST', path: `/v1/events/${GHOST}/cancel`, good: { reason: 'ill' }, bad: [[{}, '/reason']] },
  {
    method: 'PATCH',
    path: `/v1/venues/${hall.venueId}`,
    good: { name: 'Hall' },
    bad: [
      [{}, ''],
      [{ name: null }, '/name'],
    ],
  },
  {
    method: 'PATCH',
    path: `/v1/events/${hall.eventId}`,
    good: { title: 'Concert' },
    bad: [
      [{}, ''],
      [{ title: 7 }, '/title'],
    ],
  },
  {
    method: 'PATCH',
    path: hall.path,
    good: { ticketsPerCustomer: 10 },
    bad: [
      [{}, ''],
      [{ reason: 'nothing' }, ''],
      [{ prices: { Stalls: EUR(1) } }, '/reason'],
      [{ areas: [{ id: 'floor', capacity: 1.5 }], reason: 'x' }, '/areas/0/capacity'],
      [{ waitlistPolicy: 'random' }, '/waitlistPolicy'],
    ],
  },
  {
    method: 'POST',
    path: `${hall.path}/block`,
    good: { seats: ['A-20'], reason: 'view' },
    bad: [
      [{ seats: ['A-20'] }, '/reason'],
      [{ reason: 'view' }, '/seats'],
      [{ seats: ['A-1', 'A-1'], reason: 'view' }, '/seats'],
    ],
  },
  {
    method: 'POST',
    path: `${hall.path}/unblock`,
    good: { seats: ['A-20'], reason: 'view' },
    bad: [[{ areas: [{ areaId: 'floor', quantity: -1 }], reason: 'view' }, '/areas/0/quantity']],
  },
  { method: 'POST', path: `${hall.path}/pause`, good: { reason: 'drill' }, bad: [[{}, '/reason']] },
  { method: 'POST', path: `${hall.path}/resume`, good: { reason: 'drill' }, bad: [[{}, '/reason']] },
  { method: 'POST', path: `/v1/shows/${GHOST}/cancel`, good: { reason: 'drill' }, bad: [[{}, '/reason']] },
  {
    method: 'POST',
    path: '/v1/api-keys',
    good: { name: 'k', scopes: ['browse'] },
    bad: [
      [{ name: 'k' }, '/scopes'],
      [{ name: 'k', scopes: [] }, '/scopes'],
      [{ name: 'k', scopes: ['root'] }, '/scopes/0'],
      [{ name: 'k', scopes: ['book'], clientId: GHOST }, '/clientId'],
      [{ name: 'k', scopes: ['book'], clientId: 'me' }, '/clientId'],
    ],
  },
];
