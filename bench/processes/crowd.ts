import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { TENANT_HEADERS } from '../records.ts';
import { answerPort } from './answer-port.ts';

// Clients that ask for the same stats again and again, each on a connection of its own and as soon as it has its answer.
// A 503 is repeated after Retry-After, three attempts in all, as Go clients do. On raw sockets: the load must not be the limit.
// Argument: a plan as JSON. Says its "port" (0) once all are connected; the message `load` starts one load.
export interface CrowdPlan {
  readonly port: number;
  /** `{id}` stands for one of the ids. */
  readonly path: string;
  readonly clients: number;
  /** Whom is asked about: any of `count` ids from `first` on. */
  readonly ids?: { readonly first: number; readonly count: number };
  /** Each client asks once in so many ms, or as soon as it has its answer where that takes longer. */
  readonly everyMs?: number;
  readonly loadMs: number;
  /** Not counted: all of them begin in the same moment. */
  readonly warmUpMs: number;
}

const plan: CrowdPlan = JSON.parse(process.argv[2] ?? '');
const { port, clients, everyMs = 0, loadMs, warmUpMs } = plan;
const ATTEMPTS = 3;
/** Connected at once: fewer than a listener's backlog. */
const WAVE = 250;

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

function requestFor(id: string): Buffer {
  return Buffer.from(`GET ${plan.path.replace('{id}', id)} HTTP/1.1\r\n${headers.join('')}\r\n`);
}

const always = requestFor('');
const { ids } = plan;
const anyRequest = (): Buffer =>
  ids === undefined ? always : requestFor(String(ids.first + Math.floor(Math.random() * ids.count)));

/** One client's loop until the load ends. `index` spreads their beginnings. */
async function client(socket: Socket, index: number, load: Load): Promise<void> {
  let attempt = 1;
  let next = performance.now() + (everyMs * index) / clients;
  while (!load.over()) {
    const early = next - performance.now();
    if (everyMs > 0 && early > 0) await delay(early);
    next += everyMs;
    const sentAt = performance.now();
    const { status, retryAfter } = await exchange(socket, anyRequest());
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
function exchange(socket: Socket, request: Buffer): Promise<{ status: number; retryAfter: number }> {
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
  const from = performance.now() + warmUpMs;
  const until = from + loadMs;
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
  await Promise.all(sockets.map((socket, index) => client(socket, index, load)));
  return { goodput: latencies.length / (loadMs / 1_000), latencies, shed, givenUp };
}

function connected(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.setNoDelay(true).on('error', reject);
  });
}

const sockets: Socket[] = [];
while (sockets.length < clients) {
  const wave = Math.min(WAVE, clients - sockets.length);
  sockets.push(...(await Promise.all(Array.from({ length: wave }, connected))));
}
answerPort(0);
process.on('message', (message) => {
  if (message === 'load') void run(sockets).then((load) => process.send?.(load));
});
