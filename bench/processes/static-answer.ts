import fastify from 'fastify';
import { answerPort, portOf, serve } from './answer-port.ts';

// Ceilings of a GET: the very bytes that the service answers, from bare node:http or bare Fastify.
// Arguments: `http` or `fastify`, the body as base64.
const [framework, encoded] = process.argv.slice(2);
const body = Buffer.from(encoded ?? '', 'base64').toString();
const TYPE = 'application/json';

if (framework === 'fastify') {
  const app = fastify();
  app.get('/api/worlds/:world/channels/:channel/characters/:character/stats', (_request, reply) => {
    reply.header('content-type', TYPE).send(body);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  answerPort(portOf(app.server));
} else {
  const headers = { 'content-type': TYPE, 'content-length': Buffer.byteLength(body) };
  const server = await serve((_request, response) => response.writeHead(200, headers).end(body));
  answerPort(portOf(server));
}
