import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:http';
import { answerCpu } from './answer-cpu.ts';

/** Serves on a free port of the loopback interface. */
export function serve(listener: RequestListener): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 60_000 }, listener);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Tells the bench the port when it asks, and ends when the bench is gone. */
export function answerPort(port: number): void {
  answerCpu();
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message) => {
    if (message === 'port') process.send?.(port);
  });
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
