// The ceiling of a start: JavaScript, one route, nothing else. Listens on REST_PORT.
import { fastify } from 'fastify';

const app = fastify();
app.get('/api/livez', () => ({ status: 'ok' }));
await app.listen({ port: Number(process.env.REST_PORT), host: '' });
