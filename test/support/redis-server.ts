import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerAnswers, runContainer } from './docker.ts';
import { freePort, outputOf, PrerequisiteMissing, spawnGuarded } from './process-guard.ts';
import { until } from './wait.ts';

export interface RedisServer {
  readonly url: string;
  readonly origin: string;
  /** Ends what was started, with its data; leaves a server of the environment alone. */
  close(): Promise<void>;
}

/**
 * A Redis to test against: the one that `REDIS_URL` names, else redis:7 in Docker, else `redis-server` from the PATH.
 *
 * @throws PrerequisiteMissing when the machine has none of the means
 */
export async function provisionRedis(progress: (line: string) => void = () => undefined): Promise<RedisServer> {
  const given = process.env.REDIS_URL;
  if (given !== undefined && given !== '') return { url: given, origin: 'REDIS_URL', close: async () => undefined };
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  if (await dockerAnswers()) {
    const name = `effective-stats-redis-${randomUUID()}`;
    const container = await runContainer(name, 'redis:7', ['-p', `127.0.0.1:${port}:6379`], progress);
    await until('Redis answers', () => answersPing(port), 30_000);
    return { url, origin: 'redis:7 in Docker', close: () => container.remove() };
  }
  if ((await outputOf('redis-server', ['--version'], 5_000)) === undefined) {
    throw new PrerequisiteMissing(
      'A Redis for the tests needs REDIS_URL, Docker, or redis-server on the PATH (package redis-server or redis).',
    );
  }
  const directory = await mkdtemp(join(tmpdir(), 'effective-stats-redis-'));
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'no'];
  const server = await spawnGuarded('redis-server', args, { logFile: join(directory, 'redis.log'), directory });
  const close = async (): Promise<void> => {
    await server.end('SIGTERM');
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await until('Redis answers', () => answersPing(port), 10_000);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, origin: 'redis-server', close };
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => finish(data.toString().startsWith('+PONG')));
    socket.once('error', () => finish(false));
    socket.setTimeout(1_000, () => finish(false));
  });
}
