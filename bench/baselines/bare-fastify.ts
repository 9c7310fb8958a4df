// The least that a Fastify server can do: a POST with a validated body that answers like a hold, and GETs of ready bytes.
// What any framework user gets before a line of booking logic is written.
import Fastify from 'fastify';

const app = Fastify({ logger: false, bodyLimit: 16 * 1024 * 1024 });
const body = {
  type: 'object',
  required: ['customerId', 'seats'],
  properties: { customerId: { type: 'string' }, seats: { type: 'array', items: { type: 'string' } } },
};
const answer = {
  type: 'object',
  properties: {
    hold: {
      type: 'object',
      properties: {
        id: { type: 'string' },
        customerId: { type: 'string' },
        seats: { type: 'array', items: { type: 'string' } },
        until: { type: 'string' },
      },
    },
    revision: { type: 'integer' },
    position: { type: 'string' },
  },
};
let n = 0;
let taken = 0;
app.post<{ Body: { customerId: string; seats: string[] } }>(
  '/holds',
  { schema: { body, response: { 201: answer } } },
  async (request, reply) => {
    n += 1;
    const { customerId, seats } = request.body;
    taken += seats.length;
    return reply.code(201).send({
      hold: {
        id: 'b5a0c7be-0d7e-5d43-9c35-0d4a3f0f8a11',
        customerId,
        seats,
        until: '2027-01-01T00:00:00.000Z',
      },
      revision: n,
      position: String(n),
    });
  },
);
app.post('/rounds', async () => {
  taken = 0;
  return {};
});
app.get('/taken', async () => ({ taken }));

let bytes = Buffer.alloc(0);
app.post<{ Body: { size: number } }>('/bytes', async (request) => {
  bytes = Buffer.alloc(request.body.size, 'x');
  return { size: bytes.length };
});
app.get('/bytes', async (request, reply) => {
  void reply.header('etag', '"1"').type('application/json');
  return request.headers['if-none-match'] === '"1"' ? reply.code(304).send() : reply.send(bytes);
});

await app.listen({ host: '127.0.0.1', port: 0 });
console.log(app.listeningOrigin);
