// The least that a Node server can do for listeners: it keeps the responses, and writes to each what is posted to it.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const listeners = new Set<ServerResponse>();
const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\n');
    listeners.add(response);
    response.once('close', () => listeners.delete(response));
    return;
  }
  void buffer(request).then((frame) => {
    for (const listener of listeners) listener.write(frame);
    response.end();
  });
});
server.listen(0, '127.0.0.1', 8_192, () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
