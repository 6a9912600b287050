import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from './answer.ts';
import type { PlainRequest, PlainRequestReader } from './plain-request.ts';

/** Where the answer to a plain request goes. */
export interface StatsConnection {
  /** To be called once for each request. */
  send(answer: Answer): void;
}

export interface StatsConnections {
  /**
   * Ends connections that wait for nothing; to be called again, because others get their answers later. Requests from now on go
   * to the server, which answers that it closes. Where nothing came yet, a request may be under way: such go at the second call.
   */
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

/** new: nothing came yet. asked: a request is being answered. late: so, and what comes next waits its turn. */
type State = 'new' | 'asked' | 'late' | 'answered';

/** A connection may do nothing for that much longer than clients are told, ms: their last request may be under way. As in Node. */
const KEEP_ALIVE_EXTRA_MS = 1_000;

/**
 * Answers plain requests for stats where their bytes arrive, without Node's HTTP server, whose streams and parser cost as much as all
 * the rest of such an answer. At the first bytes that are anything else, a part of a request or two of them included, the
 * connection is that server's, and stays it.
 */
export function takeStatsConnections(server: Server, options: StatsConnectionsOptions): StatsConnections {
  const { read, respond, timeouts } = options;
  // Node takes connections by this listener. To emit the event again would call ours.
  const [toNode, ...others] = server.listeners('connection');
  if (toNode === undefined || others.length > 0)
    throw new Error('the server takes its connections in a way of its own');
  server.removeAllListeners('connection');
  const headEnd = createHeadEnds(timeouts.keepAliveTimeout);
  const connections = new Set<{ readonly socket: Socket; state: State }>();
  let isClosing = false;

  server.on('connection', (socket: Socket) => {
    const connection = { socket, state: 'new' as State, send };

    function handOver(bytes: Buffer): void {
      connections.delete(connection);
      socket
        .off('data', onData)
        .off('end', onEnd)
        .off('error', onError)
        .off('close', onClose)
        .off('timeout', onTimeout);
      // Paused and put back: Node reads these bytes first, then what came after them.
      socket.pause().setTimeout(0);
      toNode?.call(server, socket);
      socket.unshift(bytes);
      socket.resume();
    }

    function onData(bytes: Buffer): void {
      const request = isClosing ? undefined : read(bytes);
      if (request === undefined) {
        handOver(bytes);
        return;
      }
      if (connection.state === 'new') socket.setTimeout(timeouts.keepAliveTimeout + KEEP_ALIVE_EXTRA_MS);
      connection.state = 'asked';
      respond(request, connection);
      if (connection.state !== 'asked') return;
      connection.state = 'late';
      socket.pause();
    }

    function send(answer: Answer): void {
      const isLate = connection.state === 'late';
      connection.state = 'answered';
      const isRead = socket.write(answer.head + headEnd() + answer.body, answer.encoding);
      if (socket.readableEnded) socket.end();
      else if (!isRead) {
        // Who does not read answers is given no more of them.
        socket.pause();
        socket.once('drain', () => socket.resume());
      } else if (isLate) socket.resume();
    }

    function onEnd(): void {
      if (connection.state !== 'late') socket.end();
    }

    function onError(): void {
      socket.destroy();
    }

    function onClose(): void {
      connections.delete(connection);
    }

    function onTimeout(): void {
      if (connection.state === 'new') options.onSilent(socket);
      else socket.destroy();
    }

    connections.add(connection);
    socket.setTimeout(timeouts.headersTimeout);
    socket.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose).on('timeout', onTimeout);
  });

  return {
    closeIdle() {
      for (const { socket, state } of connections) {
        const waitsForNothing = state === 'answered' ? socket.writableLength === 0 : state === 'new' && isClosing;
        if (waitsForNothing) socket.destroy();
      }
      isClosing = true;
    },
    destroy() {
      for (const { socket } of connections) socket.destroy();
    },
  };
}

/** Ends heads of answers as Node does. */
function createHeadEnds(keepAliveMs: number): () => string {
  const stays = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1_000)}\r\n\r\n`;
  let second = Number.NaN;
  let end = '';
  return () => {
    const now = Math.floor(Date.now() / 1_000);
    if (now !== second) {
      second = now;
      end = `Date: ${new Date(now * 1_000).toUTCString()}\r\n${stays}`;
    }
    return end;
  };
}
