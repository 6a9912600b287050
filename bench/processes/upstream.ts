import { setTimeout as delay } from 'node:timers/promises';
import { bodyFor } from '../upstream-answers.ts';
import { answerPort, portOf, serve } from './answer-port.ts';

// All five upstream services at once: equal characters, constant answers, a constant latency, nothing else, because what
// serves the service must not be what is measured. Argument: latency in ms. Tells its requests' times when asked.
const latency = Number(process.argv[2] ?? 0);
const clock = (): number => performance.timeOrigin + performance.now();
let intervals: [from: number, until: number][] = [];

const server = await serve(async (request, response) => {
  const from = clock();
  if (latency > 0) await delay(latency);
  const body = bodyFor(request.url ?? '');
  response.statusCode = body === undefined ? 404 : 200;
  response.setHeader('content-type', 'application/json');
  response.end(body);
  intervals.push([from, clock()]);
});
answerPort(portOf(server));
process.on('message', (message) => {
  if (message === 'count') process.send?.(intervals.length);
  if (message === 'reset') intervals = [];
  if (message === 'reset' || message === 'requests') process.send?.(intervals);
});
