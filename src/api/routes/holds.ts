// Holds and bookings: the hot path of a sale. A command goes straight to the writer of its show.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ShowCommand } from '../../domain/show/commands.ts';
import type { Rejection } from '../../domain/rejection.ts';
import { noBooking, noHold } from '../../domain/show/holds.ts';
import type { ShowState } from '../../domain/show/show.ts';
import { bookingView, holdView } from '../../domain/show/views.ts';
import { bookingAnswer, holdAnswer } from '../answer/resources.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ApiProblem } from '../errors.ts';
import type { ProblemCode } from '../errors.ts';
import { sendRead } from '../answer/etag.ts';
import type { Principal } from '../request/key-ring.ts';
import { sendOutcome } from '../answer/outcome.ts';
import { exactPosition, positionText } from '../answer/position.ts';
import { defineRoute } from '../route.ts';
import { answers, confirmBody, holdBody, reasonBody } from '../schemas/booking.ts';
import { noQuery } from '../schemas/queries.ts';

const SHOW = { showId: 'ShowNotFound' } as const;
const HOLD = { ...SHOW, holdId: 'HoldNotFound' } as const;
const BOOKING = { ...SHOW, bookingId: 'BookingNotFound' } as const;
const CAN_BE_REFUSED: ProblemCode[] = [
  'SeatsUnavailable',
  'ReservedForWaitlist',
  'UnknownSeat',
  'UnknownArea',
  'UnknownCategory',
  'TicketLimitExceeded',
  'CoolingDown',
  'SalesNotOpen',
  'SalesClosed',
  'SalesPaused',
  'ShowCancelled',
];
const tag = 'Book';

export function holdRoutes(app: FastifyInstance, api: ApiDependencies): void {
  holdSeatsRoute(app, api);
  getHoldRoute(app, api);
  releaseHoldRoute(app, api);
  confirmHoldRoute(app, api);
  getBookingRoute(app, api);
  cancelBookingRoute(app, api);
}

function holdSeatsRoute(
  app: FastifyInstance,
  { pipeline, showAggregate: show, contexts }: ApiDependencies,
): void {
  defineRoute(app, {
    method: 'POST',
    url: '/v1/shows/:showId/holds',
    operationId: 'holdSeats',
    tag,
    scopes: ['book'],
    idempotency: 'required',
    sheds: 'HoldSeats',
    summary: 'Hold seats or places, all of them or none',
    ids: SHOW,
    query: noQuery,
    body: holdBody,
    answers: { 201: answers.holdDone },
    refusals: CAN_BE_REFUSED,
    async handler(request, reply) {
      const { showId } = request.params;
      const { customerId, seats = [], areas = [], bestAvailable } = request.body;
      const context = contexts.of(request, { customerId });
      const { clientId } = request.principal as Principal;
      const command: ShowCommand = {
        kind: 'HoldSeats',
        holdId: context.commandId,
        clientId,
        customerId,
        seats,
        areas,
        ...(bestAvailable && { bestAvailable }),
      };
      const outcome = await pipeline.execute(show, showId, command, context, (state, nowMs) =>
        holdOf(state, showId, context.commandId, nowMs),
      );
      return sendOutcome(request, reply, outcome, 201, (hold) => ({ hold }));
    },
  });
}

function getHoldRoute(app: FastifyInstance, { pipeline, showAggregate: show, log }: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/shows/:showId/holds/:holdId',
    operationId: 'getHold',
    tag,
    scopes: ['book', 'organize'],
    summary: 'A hold as it stands now, judged by the clock',
    ids: HOLD,
    query: noQuery,
    takesPosition: true,
    answers: {
      200: answers.hold,
      304: null,
    },
    async handler(request, reply) {
      const { showId, holdId } = request.params;
      const look = (state: ShowState, nowMs: number) => {
        const view = mine(request, state, holdView(state, holdId, nowMs), noHold(holdId));
        return view instanceof ApiProblem ? view : { hold: holdAnswer(showId, view) };
      };
      const read = () => pipeline.read(show, showId, look);
      const { value, position } = await exactPosition(request, reply, log, read);
      if (value instanceof ApiProblem) throw value;
      return sendRead(request, reply.header('x-position', positionText(position)), value);
    },
  });
}

function releaseHoldRoute(
  app: FastifyInstance,
  { pipeline, showAggregate: show, contexts }: ApiDependencies,
): void {
  defineRoute(app, {
    method: 'DELETE',
    url: '/v1/shows/:showId/holds/:holdId',
    operationId: 'releaseHold',
    tag,
    scopes: ['book', 'organize'],
    summary: 'Release a hold',
    ids: HOLD,
    query: noQuery,
    answers: { 200: answers.holdDone },
    refusals: ['HoldExpired', 'HoldConfirmed'],
    async handler(request, reply) {
      const { showId, holdId } = request.params;
      const { caller } = request.principal as Principal;
      const outcome = await pipeline.execute(
        show,
        showId,
        {
          kind: 'ReleaseHold',
          holdId,
          caller,
        },
        contexts.of(request),
        (state, nowMs) => holdOf(state, showId, holdId, nowMs),
      );
      return sendOutcome(request, reply, outcome, 200, (hold) => ({ hold }));
    },
  });
}

function confirmHoldRoute(
  app: FastifyInstance,
  { pipeline, showAggregate: show, contexts }: ApiDependencies,
): void {
  defineRoute(app, {
    method: 'POST',
    url: '/v1/shows/:showId/holds/:holdId/confirm',
    operationId: 'confirmHold',
    tag,
    scopes: ['book', 'organize'],
    idempotency: 'required',
    summary: 'Make a booking of a live hold',
    ids: HOLD,
    query: noQuery,
    body: confirmBody.optional(),
    answers: { 201: answers.bookingDone },
    refusals: ['HoldExpired', 'HoldReleased', 'BookingCancelled', 'ShowCancelled', 'PaymentRequired'],
    async handler(request, reply) {
      const { showId, holdId } = request.params;
      const context = contexts.of(request, { priority: true });
      const command: ShowCommand = {
        kind: 'ConfirmHold',
        holdId,
        bookingId: context.commandId,
        paymentReference: request.body?.paymentReference ?? null,
        caller: (request.principal as Principal).caller,
      };
      const outcome = await pipeline.execute(show, showId, command, context, (state) =>
        bookingOfHold(state, showId, holdId),
      );
      return sendOutcome(request, reply, outcome, 201, (booking) => ({ booking }));
    },
  });
}

function getBookingRoute(
  app: FastifyInstance,
  { pipeline, showAggregate: show, log }: ApiDependencies,
): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/shows/:showId/bookings/:bookingId',
    operationId: 'getBooking',
    tag,
    scopes: ['book', 'organize'],
    summary: 'A booking as it stands now',
    ids: BOOKING,
    query: noQuery,
    takesPosition: true,
    answers: {
      200: answers.booking,
      304: null,
    },
    async handler(request, reply) {
      const { showId, bookingId } = request.params;
      const look = (state: ShowState) => {
        const view = mine(request, state, bookingView(state, bookingId), noBooking(bookingId));
        return view instanceof ApiProblem ? view : { booking: bookingAnswer(showId, view) };
      };
      const read = () => pipeline.read(show, showId, look);
      const { value, position } = await exactPosition(request, reply, log, read);
      if (value instanceof ApiProblem) throw value;
      return sendRead(request, reply.header('x-position', positionText(position)), value);
    },
  });
}

function cancelBookingRoute(
  app: FastifyInstance,
  { pipeline, showAggregate: show, contexts }: ApiDependencies,
): void {
  defineRoute(app, {
    method: 'POST',
    url: '/v1/shows/:showId/bookings/:bookingId/cancel',
    operationId: 'cancelBooking',
    tag,
    scopes: ['book', 'organize'],
    idempotency: 'required',
    summary: 'Cancel a booking; its seats are free again',
    ids: BOOKING,
    query: noQuery,
    body: reasonBody,
    answers: { 200: answers.bookingDone },
    async handler(request, reply) {
      const { showId, bookingId } = request.params;
      const { caller } = request.principal as Principal;
      const command: ShowCommand = {
        kind: 'CancelBooking',
        bookingId,
        reason: request.body.reason,
        caller,
      };
      const outcome = await pipeline.execute(show, showId, command, contexts.of(request), (state) =>
        bookingAnswer(showId, there(bookingView(state, bookingId))),
      );
      return sendOutcome(request, reply, outcome, 200, (booking) => ({ booking }));
    },
  });
}

const holdOf = (state: ShowState, showId: string, holdId: string, nowMs: number) =>
  holdAnswer(showId, there(holdView(state, holdId, nowMs)));

/** A hold has one booking, whichever of several confirms made it. */
function bookingOfHold(state: ShowState, showId: string, holdId: string) {
  const bookingId = there(state.holds.get(holdId)?.bookingId ?? null);
  return bookingAnswer(showId, there(bookingView(state, bookingId)));
}

/** After an accepted command its resource is there. */
export function there<T>(view: T | null): T {
  if (view === null) throw new Error('An accepted command has left no resource.');
  return view;
}

/** What belongs to somebody else is not found. */
export function mine<V extends { readonly clientId: string }>(
  request: FastifyRequest,
  state: ShowState,
  view: V | null,
  missing: Rejection,
): V | ApiProblem {
  const { caller } = request.principal as Principal;
  if (!state.exists) return new ApiProblem('ShowNotFound', 'There is no such show.');
  if (view === null || !(caller.all || view.clientId === caller.clientId))
    return new ApiProblem(missing.code, missing.detail);
  return view;
}
