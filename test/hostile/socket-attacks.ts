import type { Prng } from '../../src/lib/prng.ts';
import {
  type Attack,
  type AttackMaker,
  anyOf,
  CLOSE,
  drawAsked,
  headerLines,
  KEEP,
  pathOf,
  requestOf,
  single,
  tenantAt,
  validRequest,
} from './attack.ts';
import { pick, randomBytes } from './mutant.ts';

const SMALL_GET = 'GET /api/livez HTTP/1.1\r\nHost: stats\r\n';

/** Answers to what Node's parser takes or refuses. */
const PARSED: readonly number[] = [200, 400, 404, 405, 408, 413, 417, 426, 431, 501];

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** What is not HTTP, nearly HTTP, too much of it, or several requests at once. */
export const SOCKET_ATTACKS: Readonly<Record<string, AttackMaker>> = {
  'pipelined requests of several tenants': (prng) => {
    const expected = Array.from({ length: prng.between(2, 40) }, () => drawAsked(prng));
    const chunks = [Buffer.concat(expected.map((asked) => validRequest(asked, KEEP)))];
    return { chunks, answers: expected.length, statuses: [200], expected };
  },
  'pipelined requests cut into pieces': (prng) => {
    const expected = [drawAsked(prng), drawAsked(prng)];
    const all = Buffer.concat(expected.map((asked) => validRequest(asked, KEEP)));
    const cut = prng.between(1, all.length - 1);
    return { chunks: [all.subarray(0, cut), all.subarray(cut)], pauseMs: 5, answers: 2, statuses: [200], expected };
  },
  'lengths that contradict each other': (prng) => {
    const smuggled = validRequest(drawAsked(prng), CLOSE).toString('latin1');
    const lengths = anyOf(prng, [
      'Content-Length: 4\r\nTransfer-Encoding: chunked',
      'Content-Length: 4\r\nContent-Length: 40',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
      'Transfer-Encoding: \x0bchunked',
      'Content-Length: -1',
      'Content-Length: 1e3',
      'Content-Length: 99999999999999999999',
    ]);
    return {
      chunks: [bytes(`POST /api/livez HTTP/1.1\r\nHost: stats\r\n${lengths}\r\n\r\n0\r\n\r\n${smuggled}`)],
      answers: 1,
      statuses: [400, 404, 405, 413],
    };
  },
  'chunks that are none': (prng) => {
    const chunk = anyOf(prng, [
      'zz\r\n',
      '-1\r\n',
      'ffffffffffffffff\r\n',
      `1;${'x'.repeat(20_000)}\r\na\r\n`,
      '5\r\nabc',
    ]);
    return single(
      bytes(`POST /api/livez HTTP/1.1\r\nHost: stats\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`),
      [400, 404, 405, 408, 413],
      true,
    );
  },
  'header lines that are none': (prng) => {
    const line = anyOf(prng, [
      ' folded: x',
      'no colon',
      ': no name',
      'x\0y: z',
      'a b: c',
      'x: \0',
      'Host: again\nx: y',
      '\x7f: x',
    ]);
    return single(bytes(`${SMALL_GET}${line}\r\n${CLOSE}\r\n\r\n`), [200, 400], true);
  },
  'headers beyond 16 KB': (prng) => {
    const line = anyOf(prng, ['x: y\r\n', `x: ${'y'.repeat(8_000)}\r\n`, `${'x'.repeat(20_000)}: y\r\n`]);
    return single(bytes(`${SMALL_GET}${line.repeat(Math.ceil(40_000 / line.length))}\r\n`), [431]);
  },
  'request line beyond 16 KB': (prng) =>
    single(bytes(`GET /${'a'.repeat(pick(prng, [17_000, 200_000]))} HTTP/1.1\r\nHost: stats\r\n\r\n`), [400, 431]),
  'request line that is none': (prng) => {
    const line = anyOf(prng, [
      'GET',
      'GET /api/livez',
      'GET /api/livez HTTP/9.9',
      'GET  HTTP/1.1',
      ' / HTTP/1.1',
      'HTTP/1.1 200 OK',
      'CONNECT x:1 HTTP/1.1',
      'GET /api/livez HTTP/2.0',
    ]);
    return single(bytes(`${line}\r\nHost: stats\r\n\r\n`), PARSED, true);
  },
  'HTTP of other versions': (prng) => {
    const text = anyOf(prng, [
      'GET /api/livez HTTP/1.0\r\n\r\n',
      'GET /api/livez HTTP/1.1\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      `${SMALL_GET}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
      `${SMALL_GET}Upgrade: h2c\r\nHTTP2-Settings: x\r\nConnection: Upgrade\r\n\r\n`,
      `${SMALL_GET}Expect: 100-continue\r\n\r\n`,
      `${SMALL_GET}Expect: miracles\r\n\r\n`,
    ]);
    return single(bytes(text), PARSED, true);
  },
  'bytes of any kind': (prng) => single(randomBytes(prng, prng.between(1, 2_000)), PARSED, true),
  'another protocol': (prng) =>
    single(
      bytes(
        anyOf(prng, [
          '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
          'SSH-2.0-x\r\n',
          '*1\r\n$4\r\nPING\r\n',
          '\0\0\0\0',
          'EHLO x\r\n',
          '\r\n\r\n\r\n',
        ]),
      ),
      PARSED,
      true,
    ),
  'hangs up at once': (prng) => {
    const request = validRequest(drawAsked(prng), KEEP);
    const sent = request.subarray(0, prng.between(0, request.length));
    return { chunks: [sent], abrupt: true, statuses: [200], maySayNothing: true };
  },
  'flipped bytes': (prng) => {
    const request = Buffer.from(validRequest(drawAsked(prng), CLOSE));
    for (let flips = prng.between(1, 3); flips > 0; flips--)
      request[prng.between(0, request.length - 1)] = prng.between(0, 255);
    return single(request, PARSED, true);
  },
};

/** Clients that take their time; each costs its connection for seconds, so there are few. */
export const SLOW_ATTACKS: Readonly<Record<string, AttackMaker>> = {
  'headers that never end': (prng) => slowly(prng, bytes(SMALL_GET)),
  'headers byte by byte': (prng) => {
    const request = validRequest(drawAsked(prng), CLOSE);
    const chunks = [...request].map((byte) => Buffer.from([byte]));
    return { chunks, pauseMs: 100, answers: 1, statuses: [408] };
  },
  'body that never ends': (prng) => {
    const lines = [...headerLines(tenantAt(0)), 'Content-Length: 500'];
    return slowly(prng, requestOf('POST', pathOf(drawAsked(prng)), lines, 'x'));
  },
};

function slowly(prng: Prng, begun: Buffer): Attack {
  const chunks = [begun, ...Array.from({ length: 40 }, () => Buffer.from(`x${prng.hex(3)}`))];
  return { chunks, pauseMs: 500, answers: 1, statuses: [400, 405, 408] };
}
