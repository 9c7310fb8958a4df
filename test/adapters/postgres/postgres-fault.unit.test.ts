// What is an outage of Postgres, to be tried again, and what is a bug, to be seen as one.
import { connect } from 'node:net';
import pg from 'pg';
import { expect, test } from 'vitest';
import { reached } from '../../../src/adapters/postgres/postgres-fault.ts';
import { Fault } from '../../../src/ports/fault.ts';

const failing = (error: unknown) =>
  reached('Keys cannot be read.', async () => {
    throw error;
  });

function ofServer(severity: string, code: string): Error {
  const error = new pg.DatabaseError('said by Postgres', 1, 'error');
  error.severity = severity;
  error.code = code;
  return error;
}

test.each([
  ['a server that shuts down', ofServer('FATAL', '57P01')],
  ['a statement that took too long', ofServer('ERROR', '57014')],
  ['a full disk', ofServer('ERROR', '53100')],
  ['a server that became a replica', ofServer('ERROR', '25006')],
  ['a broken connection', new Error('Connection terminated unexpectedly')],
  ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
  ['a pool that has ended', new Error('Cannot use a pool after calling end on the pool')],
  ['a silent server', new Error('Query read timeout')],
])('%s is a Fault', async (_what, error) => {
  await expect(failing(error)).rejects.toMatchObject({
    code: 'DatabaseUnavailable',
    message: 'Keys cannot be read.',
    cause: error,
  });
});

test('an address where nobody listens is a Fault', async () => {
  const nobody = () =>
    new Promise((resolve, reject) => connect(1, '127.0.0.1').on('connect', resolve).on('error', reject));
  await expect(reached('Keys cannot be read.', nobody)).rejects.toBeInstanceOf(Fault);
});

test.each([
  ['a row that is not as it was thought to be', new TypeError("can't read toISOString of null")],
  ['text that is no JSON', new SyntaxError('Unexpected token')],
  ['a statement with a mistake', ofServer('ERROR', '42703')],
  ['a value that no column takes', ofServer('ERROR', '22P02')],
  ['a broken promise of our own', new Error('There is no such row.')],
])('%s is a bug, and stays one', async (_what, error) => {
  await expect(failing(error)).rejects.toBe(error);
});
