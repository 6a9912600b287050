import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { TENANT_HEADERS } from '../records.ts';
import { answerPort } from './answer-port.ts';

// Clients that ask for the same stats again and again, each on a connection of its own and as soon as it has its answer.
// A 503 is repeated after Retry-After, three attempts in all (contract §3). On raw sockets: the load must not be the limit.
// Arguments: port, path, connections. Says its "port" (0) once all are connected; the message `load` starts one load.
const [port, path, connections] = process.argv.slice(2);
const ATTEMPTS = 3;
/** Connected at once: fewer than a listener's backlog. */
const WAVE = 250;
const LOAD_MS = 6_000;
/** Not counted: all of them begin in the same moment. */
const WARM_UP_MS = 1_500;

export interface CrowdLoad {
  /** 200s per second. */
  readonly goodput: number;
  /** Ms from each such request's sending to its answer. */
  readonly latencies: readonly number[];
  readonly shed: number;
  /** Requests whose last attempt was refused, too. */
  readonly givenUp: number;
}

const headers = Object.entries({ host: '127.0.0.1', ...TENANT_HEADERS }).map(
  ([name, value]) => `${name}: ${value}\r\n`,
);
const request = Buffer.from(`GET ${path} HTTP/1.1\r\n${headers.join('')}\r\n`);

/** One client's loop until the load ends. */
async function client(socket: Socket, load: Load): Promise<void> {
  let attempt = 1;
  while (!load.over()) {
    const sentAt = performance.now();
    const { status, retryAfter } = await exchange(socket);
    load.answered(status, sentAt, attempt);
    attempt = status === 503 && attempt < ATTEMPTS ? attempt + 1 : 1;
    if (status === 503) await delay(retryAfter * 1_000);
  }
}

interface Load {
  over(): boolean;
  answered(status: number, sentAt: number, attempt: number): void;
}

/** Sends the request and reads one answer, which must tell its length. */
function exchange(socket: Socket): Promise<{ status: number; retryAfter: number }> {
  return new Promise((resolve, reject) => {
    let head = '';
    let missing = 0;
    const onData = (chunk: Buffer): void => {
      if (head === '') {
        const end = chunk.indexOf('\r\n\r\n');
        if (end === -1) return void reject(new Error('an answer without a whole head'));
        head = chunk.toString('latin1', 0, end);
        missing = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1]);
      }
      missing -= chunk.length;
      if (missing > 0) return;
      socket.off('data', onData);
      resolve({ status: Number(head.slice(9, 12)), retryAfter: Number(/retry-after: (\d+)/i.exec(head)?.[1] ?? 1) });
    };
    socket.on('data', onData);
    socket.write(request);
  });
}

async function run(sockets: readonly Socket[]): Promise<CrowdLoad> {
  const from = performance.now() + WARM_UP_MS;
  const until = from + LOAD_MS;
  const latencies: number[] = [];
  let shed = 0;
  let givenUp = 0;
  const load: Load = {
    over: () => performance.now() >= until,
    answered(status, sentAt, attempt) {
      const now = performance.now();
      if (now < from || now >= until) return;
      if (status === 200) latencies.push(now - sentAt);
      else shed += 1;
      if (status !== 200 && attempt === ATTEMPTS) givenUp += 1;
    },
  };
  await Promise.all(sockets.map((socket) => client(socket, load)));
  return { goodput: latencies.length / (LOAD_MS / 1_000), latencies, shed, givenUp };
}

function connected(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => resolve(socket));
    socket.setNoDelay(true).on('error', reject);
  });
}

const sockets: Socket[] = [];
while (sockets.length < Number(connections)) {
  const wave = Math.min(WAVE, Number(connections) - sockets.length);
  sockets.push(...(await Promise.all(Array.from({ length: wave }, connected))));
}
answerPort(0);
process.on('message', (message) => {
  if (message === 'load') void run(sockets).then((load) => process.send?.(load));
});
