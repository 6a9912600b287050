import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { STATUS_CODES } from '../lib/node-http.ts';
import type { Answer } from './answer.ts';
import type { PlainRequest, PlainRequestReader } from './plain-request.ts';

/** Where the answer to a plain request goes. */
export interface StatsConnection {
  /** To be called once for each request. */
  send(answer: Answer): void;
}

export interface StatsConnections {
  /** Ends the connections that have their answers, to be called again for those that do not yet. What comes from now on goes to the server, which says that they end. */
  closeIdle(): void;
  /** Ends all that are left. */
  destroy(): void;
}

export interface StatsConnectionsOptions {
  readonly read: PlainRequestReader;
  readonly respond: (request: PlainRequest, to: StatsConnection) => void;
  /** A connection said nothing for as long as a request may take. */
  readonly onSilent: (socket: Socket) => void;
  /** In ms. */
  readonly timeouts: Readonly<Record<'headersTimeout' | 'keepAliveTimeout', number>>;
}

/**
 * Answers plain requests for stats where their bytes arrive, without Node's HTTP server, whose streams and parser cost as much as all
 * the rest of such an answer. At the first bytes that are anything else, a part of a request or two of them included, the
 * connection is that server's, and stays it.
 */
export function takeStatsConnections(server: Server, options: StatsConnectionsOptions): StatsConnections {
  const { read, respond, timeouts } = options;
  // Node documents that connections may be handed to it by this event.
  const [toNode] = server.listeners('connection');
  if (toNode === undefined) throw new Error('the server takes no connections');
  server.removeAllListeners('connection');
  const heads = createHeads(timeouts.keepAliveTimeout);
  const states = new Map<Socket, 'new' | 'answered' | 'waiting'>();
  let isClosing = false;

  server.on('connection', (socket: Socket) => {
    let isNew = true;
    let isAnswered = false;

    const handOver = (bytes: Buffer): void => {
      states.delete(socket);
      socket
        .off('data', onData)
        .off('end', onEnd)
        .off('error', onError)
        .off('close', onClose)
        .off('timeout', onTimeout);
      // Paused, so that Node finds the bytes where it looks for them: before all that came after them.
      socket.pause().setTimeout(0);
      toNode.call(server, socket);
      socket.unshift(bytes);
      socket.resume();
    };
    const onData = (bytes: Buffer): void => {
      const request = isClosing ? undefined : read(bytes);
      if (request === undefined) {
        handOver(bytes);
        return;
      }
      if (isNew) {
        isNew = false;
        states.set(socket, 'answered');
        socket.setTimeout(timeouts.keepAliveTimeout);
      }
      isAnswered = false;
      respond(request, connection);
      if (isAnswered) return;
      // What comes next waits its turn.
      states.set(socket, 'waiting');
      socket.pause();
    };
    const connection: StatsConnection = {
      send(answer) {
        isAnswered = true;
        const isLate = states.get(socket) === 'waiting';
        if (isLate) states.set(socket, 'answered');
        const isRead = socket.write(heads.of(answer) + answer.body, answer.encoding);
        if (!isRead) {
          // Who does not read answers is given no more of them.
          socket.pause();
          socket.once('drain', () => socket.resume());
        } else if (isLate) socket.resume();
      },
    };
    const onEnd = (): void => void socket.end();
    const onError = (): void => void socket.destroy();
    const onClose = (): void => void states.delete(socket);
    const onTimeout = (): void => {
      if (isNew) options.onSilent(socket);
      else socket.destroy();
    };

    states.set(socket, 'new');
    socket.setTimeout(timeouts.headersTimeout);
    socket.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose).on('timeout', onTimeout);
  });

  return {
    closeIdle() {
      isClosing = true;
      for (const [socket, state] of states) if (state === 'answered' && socket.writableLength === 0) socket.destroy();
    },
    destroy() {
      for (const socket of states.keys()) socket.destroy();
    },
  };
}

/** Heads of answers as Node writes them. */
function createHeads(keepAliveMs: number) {
  const known = new WeakMap<Answer, string>();
  const stays = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1_000)}\r\n\r\n`;
  let second = Number.NaN;
  let date = '';

  /** What of the head is the same whenever it is sent. */
  const fixedOf = (answer: Answer): string => {
    const { status, headers } = answer;
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`;
    known.set(answer, head);
    return head;
  };

  return {
    of(answer: Answer): string {
      const now = Math.floor(Date.now() / 1_000);
      if (now !== second) {
        second = now;
        date = `Date: ${new Date(now * 1_000).toUTCString()}\r\n`;
      }
      return (known.get(answer) ?? fixedOf(answer)) + date + stays;
    },
  };
}
