import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** One answer as it stood on the socket. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export interface RawExchange {
  readonly answers: readonly RawAnswer[];
  /** Everything that came. */
  readonly text: string;
  /** How it ended: the server closed, all expected answers are there, or the time was up. */
  readonly end: 'closed' | 'answered' | 'timeout';
}

export interface RawRequest {
  /** Written one after the other. */
  readonly chunks: readonly Buffer[];
  /** Ms between two chunks. */
  readonly pauseMs?: number;
  /** How many answers end the exchange; without it, the server has to close. */
  readonly answers?: number;
  /** Hangs up after the last chunk, without waiting. */
  readonly abrupt?: boolean;
}

/** Sends bytes, whatever they are, to a port of this machine, and takes what comes back. Never rejects. */
export async function exchangeRaw(port: number, request: RawRequest, timeoutMs: number): Promise<RawExchange> {
  const socket = connect(port, '127.0.0.1');
  const received: Buffer[] = [];
  const text = (): string => Buffer.concat(received).toString('latin1');
  let end: RawExchange['end'] = 'closed';
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      end = 'timeout';
      resolve();
    }, timeoutMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    socket.on('data', (chunk) => {
      received.push(chunk);
      if (request.answers === undefined || answersIn(text()).length < request.answers) return;
      end = 'answered';
      done();
    });
    // A reset after a refusal that was sent already is the usual end of a request nobody reads to its end.
    socket.on('error', done);
    socket.on('close', done);
  });
  void write(socket, request);
  await over;
  socket.destroy();
  return { answers: answersIn(text()), text: text(), end };
}

async function write(socket: ReturnType<typeof connect>, request: RawRequest): Promise<void> {
  for (const [at, chunk] of request.chunks.entries()) {
    if (at > 0) await delay(request.pauseMs ?? 0);
    if (socket.destroyed) return;
    socket.write(chunk);
  }
  if (request.abrupt === true) socket.resetAndDestroy();
}

const HEAD_END = '\r\n\r\n';

/** The complete answers at the beginning of a text; every answer of the service itself has a content-length. */
function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let from = 0; ; ) {
    const headEnd = text.indexOf(HEAD_END, from);
    if (headEnd === -1) return answers;
    const head = text.slice(from, headEnd);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
    // What follows an answer of Node's own is the end of its chunked, empty body.
    if (Number.isNaN(status)) return answers;
    const length = status < 200 ? 0 : Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    const bodyFrom = headEnd + HEAD_END.length;
    if (text.length < bodyFrom + length) return answers;
    // 100 Continue is not the answer yet.
    if (status >= 200) answers.push({ status, head, body: text.slice(bodyFrom, bodyFrom + length) });
    from = bodyFrom + length;
  }
}
