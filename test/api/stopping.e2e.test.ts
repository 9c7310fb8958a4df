// A server that is asked to stop, and a client that cannot know it yet: over a connection that is kept it goes on asking.
import { Agent, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ADMIN_KEY, startEngine } from './running-engine.ts';

test('what comes over a connection that is kept is done yet, once, while the process is not ready any more', async () => {
  const engine = await startEngine();
  onTestFinished(() => engine.stop());
  const agent = new Agent({ keepAlive: true });
  const ask = async (method: string, path: string): Promise<IncomingMessage> => {
    const asked = request(engine.url + path, {
      method,
      agent,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    });
    asked.end(method === 'POST' ? '{"name":"of one stop","scopes":["browse"]}' : undefined);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    await answer.toArray();
    return answer;
  };
  const opened = await Promise.all([ask('GET', '/healthz'), ask('GET', '/healthz')]);
  expect(opened.map((answer) => answer.headers.connection)).toEqual(['keep-alive', 'keep-alive']);
  const stopped = engine.stop();
  await sleep(50);
  const [ready, made] = await Promise.all([ask('GET', '/readyz'), ask('POST', '/v1/api-keys')]);
  expect([ready.statusCode, ready.headers.connection]).toEqual([503, 'close']);
  expect([made.statusCode, made.headers.connection]).toEqual([201, 'close']);
  await stopped;
  await expect(ask('GET', '/healthz')).rejects.toThrow('ECONNREFUSED');
});
