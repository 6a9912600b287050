import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import {
  answerWith,
  type StubHandler,
  startUpstreamStub,
  type UpstreamStub,
} from '../../../test/support/upstream-stub.ts';
import { until } from '../../../test/support/wait.ts';
import { AppError, type ErrorCode } from '../../lib/app-error.ts';
import { systemClock } from '../../lib/clock.ts';
import { rootOf } from './documents.ts';
import { createServiceClient, type ServiceRequest } from './service-client.ts';

const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function setUp(handler: StubHandler, baseUrlOf = (url: string) => url) {
  const stub = await startUpstreamStub(handler);
  cleanUps.push(() => stub.close());
  return { stub, ...clientOn(baseUrlOf(stub.url)) };
}

function clientOn(baseUrl: string, connections = 2) {
  const known = { toFail: false };
  const outcomes: string[] = [];
  const environments: string[] = [];
  const seconds: number[] = [];
  const dates: number[][] = [];
  const client = createServiceClient({
    service: 'buffs',
    baseUrl,
    connections,
    clock: systemClock,
    random: () => 0,
    mayRepeat: () => !known.toFail,
    onEnvironmentRefused: (_service, environment) => environments.push(environment),
    onDate: (_service, ...times) => dates.push(times),
    observe(_service, outcome, took) {
      outcomes.push(outcome);
      seconds.push(took);
    },
  });
  cleanUps.push(() => client.close());
  const get = (overrides: Partial<ServiceRequest> = {}) =>
    client.get({ path: 'thing', headers: {}, deadline: 5_000, attempts: 3, ...overrides }, rootOf);
  return { client, get, outcomes, environments, seconds, dates, known };
}

const failsWith = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;

/** Each of the handlers answers one request, the last all that follow. */
function inTurn(...handlers: readonly StubHandler[]): StubHandler {
  let count = 0;
  return (request, response, url) => {
    handlers[Math.min(count, handlers.length - 1)]?.(request, response, url);
    count += 1;
  };
}

const reset: StubHandler = (request) => request.socket.resetAndDestroy();
const hang: StubHandler = () => undefined;
const ok = answerWith({ fine: true });

describe('an answer of an upstream service', () => {
  it('given a document, then it is decoded, and the request was a GET below the base URL with the headers', async () => {
    const { stub, get, outcomes } = await setUp((request, response, url) => {
      assert.equal(request.method, 'GET');
      ok(request, response, url);
    });
    assert.deepEqual(await get({ path: 'thing?a=b', headers: { REGION: 'GMS' } }), { fine: true });
    assert.equal(stub.requests[0]?.path, '/api/thing?a=b');
    assert.equal(stub.requests[0]?.headers.region, 'GMS');
    assert.deepEqual(outcomes, ['ok']);
  });

  it('given a base URL without its last slash, then it is added', async () => {
    const { stub, get } = await setUp(ok, (url) => url.slice(0, -1));
    await get();
    assert.equal(stub.requests[0]?.path, '/api/thing');
  });

  it('given a 404 with or without a JSON:API error, then it is missing', async () => {
    const error = answerWith({ errors: [{ status: '404' }] }, 404);
    const { get, outcomes } = await setUp(inTurn(answerWith('', 404), error));
    assert.equal(await get(), 'missing');
    assert.equal(await get(), 'missing');
    assert.deepEqual(outcomes, ['missing', 'missing']);
  });

  it('given a body in many pieces, split within characters, then it is put together', async () => {
    const text = Buffer.from(JSON.stringify({ name: 'Ælfþryð 勇者' }));
    const { get } = await setUp((_request, response) => {
      response.writeHead(200);
      for (const byte of text) response.write(Buffer.of(byte));
      response.end();
    });
    assert.deepEqual(await get(), { name: 'Ælfþryð 勇者' });
  });

  it('given a Date, then its time is reported with those of the request; given none or nonsense, then nothing', async () => {
    const undated: StubHandler = (_request, response) => {
      response.sendDate = false;
      response.end('{}');
    };
    const dated = answerWith({}, 200, { date: 'Mon, 23 Nov 2026 21:31:35 GMT' });
    const { get, dates } = await setUp(inTurn(dated, undated, answerWith({}, 200, { date: 'yesterday' })));
    const before = performance.now();
    for (let count = 0; count < 3; count += 1) await get();
    assert.equal(dates.length, 1);
    const [date, sentAt = 0, receivedAt = 0] = dates[0] ?? [];
    assert.equal(date, Date.UTC(2026, 10, 23, 21, 31, 35));
    assert.ok(before <= sentAt && sentAt <= receivedAt && receivedAt <= performance.now());
  });

  it('given the Date of an answer that a cache kept, then it tells nothing of the clock of its owner', async () => {
    const { get, dates } = await setUp(answerWith({}, 200, { age: '3600' }));
    await get();
    assert.deepEqual(dates, []);
  });
});

describe('an answer that is none', () => {
  const cases: readonly (readonly [string, StubHandler])[] = [
    ['an empty body', answerWith('')],
    ['half of a document', answerWith('{"data":[{"type":"buf')],
    ['a list instead of a document', answerWith('[]')],
    ['null', answerWith('null')],
  ];
  for (const [what, handler] of cases) {
    it(`given ${what}, then it is invalid, and is not asked again`, async () => {
      const { stub, get, outcomes } = await setUp(handler);
      await assert.rejects(get(), failsWith('UPSTREAM_INVALID_ANSWER'));
      assert.equal(stub.requests.length, 1);
      assert.deepEqual(outcomes, ['invalid']);
    });
  }

  for (const status of [204, 400, 500]) {
    it(`given a ${status}, then it is refused with that status, and is not asked again`, async () => {
      const { stub, get, outcomes } = await setUp(answerWith('', status));
      await assert.rejects(get(), (error) => error instanceof AppError && error.details.status === status);
      assert.equal(stub.requests.length, 1);
      assert.deepEqual(outcomes, ['failed']);
    });
  }

  it('given more than 8 MiB, then it is invalid', async () => {
    const { get } = await setUp((_request, response) => {
      response.writeHead(200);
      response.write('"');
      response.end(Buffer.alloc(9 * 1024 * 1024, 0x61));
    });
    await assert.rejects(get({ attempts: 1 }), failsWith('UPSTREAM_INVALID_ANSWER'));
  });
});

describe('a compressed answer', () => {
  const DOCUMENT = { data: ['x'.repeat(2_000)] };
  const TEXT = Buffer.from(JSON.stringify(DOCUMENT));
  const compressed =
    (encoding: string, body: Buffer, status = 200): StubHandler =>
    (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'content-encoding': encoding }).end(body);
    };

  it('given any request, then it asks that nothing be compressed', async () => {
    const { stub, get } = await setUp(ok);
    await get();
    assert.equal(stub.requests[0]?.headers['accept-encoding'], 'identity');
  });

  const CODINGS: readonly (readonly [string, string, Buffer])[] = [
    ['gzip', 'gzip', gzipSync(TEXT)],
    ['gzip by its old name, in capitals', 'X-GZIP', gzipSync(TEXT)],
    ['deflate', 'deflate', deflateSync(TEXT)],
    ['deflate without its header', 'deflate', deflateRawSync(TEXT)],
    ['brotli', 'br', brotliCompressSync(TEXT)],
    ['zstd', 'zstd', zstdCompressSync(TEXT)],
    ['nothing', 'identity', TEXT],
    ['one after the other', 'deflate, gzip', gzipSync(deflateSync(TEXT))],
  ];
  for (const [what, encoding, body] of CODINGS) {
    it(`symptom: an answer that was compressed unasked by ${what} is no answer`, async () => {
      const { get } = await setUp(compressed(encoding, body));
      assert.deepEqual(await get(), DOCUMENT);
    });
  }

  it('given a compressed 404 that is empty, or holds an error, then it is missing', async () => {
    const error = gzipSync(JSON.stringify({ errors: [{ status: '404' }] }));
    const none = gzipSync('');
    const { get } = await setUp(
      inTurn(compressed('gzip', Buffer.alloc(0), 404), compressed('gzip', error, 404), compressed('gzip', none, 404)),
    );
    for (let count = 0; count < 3; count += 1) assert.equal(await get(), 'missing');
  });

  const BAD: readonly (readonly [string, string, Buffer])[] = [
    ['a bomb of gzip', 'gzip', gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20))],
    ['a bomb of deflate', 'deflate', deflateSync(Buffer.alloc(64 * 1024 * 1024, 0x20))],
    ['a bomb of brotli', 'br', brotliCompressSync(Buffer.alloc(64 * 1024 * 1024, 0x20))],
    ['a bomb of zstd', 'zstd', zstdCompressSync(Buffer.alloc(64 * 1024 * 1024, 0x20))],
    ['half of it', 'gzip', gzipSync(TEXT).subarray(0, 20)],
    ['what claims to be compressed', 'gzip', TEXT],
    ['an unknown coding', 'compress', TEXT],
    ['a coding named like a property', 'constructor', TEXT],
    ['more codings than anybody uses', 'gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(TEXT)))],
  ];
  for (const [what, encoding, body] of BAD) {
    it(`given ${what}, then it is invalid, is not read, and is not asked again`, async () => {
      const { stub, get } = await setUp(compressed(encoding, body));
      await assert.rejects(get(), { code: 'UPSTREAM_INVALID_ANSWER', message: /cannot be decompressed$/ });
      assert.equal(stub.requests.length, 1);
    });
  }
});

describe('a redirect', () => {
  const pathsOf = (stub: UpstreamStub) => stub.requests.map(({ path }) => path);
  const redirect = (location: string | undefined, status = 302) =>
    answerWith('', status, location === undefined ? {} : { location });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`symptom: a ${status} within the service is not followed`, async () => {
      const { stub, get, outcomes } = await setUp(inTurn(redirect('/api/elsewhere?a=b', status), ok));
      assert.deepEqual(await get({ headers: { REGION: 'GMS' } }), { fine: true });
      assert.deepEqual(pathsOf(stub), ['/api/thing', '/api/elsewhere?a=b']);
      assert.equal(stub.requests[1]?.headers.region, 'GMS');
      assert.deepEqual(outcomes, ['ok']);
    });
  }

  it('given one to a relative or a whole URL, then it is followed from where it was given', async () => {
    const { stub, get } = await setUp(ok);
    stub.handler = inTurn(redirect('deep/er'), redirect('../up'), redirect(`${stub.url}whole#part`), ok);
    await get();
    assert.deepEqual(pathsOf(stub), ['/api/thing', '/api/deep/er', '/api/up', '/api/whole']);
  });

  it('given five, then the last is followed; given a sixth, then it is none', async () => {
    const five = Array.from({ length: 5 }, () => redirect('/api/next'));
    const { get } = await setUp(inTurn(...five, ok));
    assert.deepEqual(await get(), { fine: true });
    const { stub, get: getRound } = await setUp(redirect('/api/thing'));
    await assert.rejects(getRound(), failsWith('UPSTREAM_INVALID_ANSWER'));
    assert.equal(stub.requests.length, 6);
  });

  it('given one to another port, scheme or host, then nothing is sent there: what answers is a stranger', async () => {
    const elsewhere = await startUpstreamStub(ok);
    cleanUps.push(() => elsewhere.close());
    const { get, stub, outcomes } = await setUp(ok);
    const locations = [elsewhere.url, `https://127.0.0.1:${stub.port}/`, '//host.example/', 'ftp://x/', 'javascript:0'];
    stub.handler = inTurn(...locations.map((location) => redirect(location)));
    for (const _ of locations) await assert.rejects(get(), failsWith('UPSTREAM_STRANGER'));
    assert.equal(elsewhere.requests.length, 0);
    assert.deepEqual(new Set(outcomes), new Set(['stranger']));
  });

  it('given one that does not say where to, or nowhere, then it is refused', async () => {
    for (const location of [undefined, 'http://[']) {
      const { get } = await setUp(redirect(location));
      await assert.rejects(get(), failsWith('UPSTREAM_REFUSED'));
    }
  });

  it('given redirects that each take their time, then the deadline is that of all together', async () => {
    const { get } = await setUp((request, response, url) => {
      setTimeout(() => redirect('/api/next')(request, response, url), 60);
    });
    const began = performance.now();
    await assert.rejects(get({ deadline: 150 }), failsWith('UPSTREAM_TIMEOUT'));
    assert.ok(performance.now() - began < 1_000);
  });
});

describe('an environment that a service does not know', () => {
  const picky: StubHandler = (request, response, url) =>
    ('environment' in request.headers ? answerWith('', 400) : ok)(request, response, url);

  it('symptom: every read that hands on the environment of an event is refused for ever', async () => {
    const { stub, get, outcomes, environments } = await setUp(picky);
    assert.deepEqual(await get({ headers: { ENVIRONMENT: 'pr-9', REGION: 'GMS' }, attempts: 1 }), { fine: true });
    assert.deepEqual(
      stub.requests.map(({ headers }) => [headers.environment, headers.region]),
      [
        ['pr-9', 'GMS'],
        [undefined, 'GMS'],
      ],
    );
    assert.deepEqual(outcomes, ['failed', 'ok']);
    assert.deepEqual(environments, ['pr-9']);
  });

  it('given a 400 without an environment, or another status with one, then it is not tried without', async () => {
    const { stub, get } = await setUp(answerWith('', 400));
    await assert.rejects(get(), failsWith('UPSTREAM_REFUSED'));
    assert.equal(stub.requests.length, 1);
    stub.handler = answerWith('', 500);
    await assert.rejects(get({ headers: { ENVIRONMENT: 'pr-9' } }), failsWith('UPSTREAM_REFUSED'));
    assert.equal(stub.requests.length, 2);
  });

  it('given a 400 with and without, then it is refused after two requests', async () => {
    const { stub, get } = await setUp(answerWith('', 400));
    await assert.rejects(get({ headers: { ENVIRONMENT: 'pr-9' } }), failsWith('UPSTREAM_REFUSED'));
    assert.equal(stub.requests.length, 2);
  });
});

describe('what is no HTTP', () => {
  const GARBAGE: readonly (readonly [string, string])[] = [
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    [
      'chunks of garbage',
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n',
    ],
    ['a chunk without end', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff0\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'x-y: zzzzzzzzzzzzzzzz\r\n'.repeat(5_000)}`],
    ['an early hint and then nothing', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'],
  ];
  for (const [what, bytes] of GARBAGE) {
    it(`given ${what}, then the request fails in time, and the next one is answered`, async () => {
      const { stub, get } = await setUp((request) => {
        request.socket.end(bytes, 'latin1');
      });
      await assert.rejects(get({ attempts: 1, deadline: 2_000 }), { name: 'AppError', code: /^UPSTREAM_/ });
      stub.handler = ok;
      assert.deepEqual(await get(), { fine: true });
    });
  }
});

describe('the deadline of an upstream request', () => {
  const drip: StubHandler = (_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  };

  for (const [what, handler] of [
    ['hangs', hang],
    ['sends its body in drips', drip],
  ] as const) {
    it(`given a service that ${what}, then the request is given up in time, its connection closed, and not repeated`, async () => {
      const { stub, get, outcomes, seconds } = await setUp(handler);
      let closed = false;
      stub.handler = (request, response, url) => {
        request.socket.once('close', () => {
          closed = true;
        });
        handler(request, response, url);
      };
      await assert.rejects(get({ deadline: 100 }), failsWith('UPSTREAM_TIMEOUT'));
      assert.deepEqual(outcomes, ['timeout']);
      assert.ok((seconds[0] ?? 0) >= 0.09 && (seconds[0] ?? 0) < 2, `${seconds[0]} s`);
      await until('the connection is closed', () => closed);
      assert.equal(stub.requests.length, 1);
    });
  }

  it('given all connections are taken by requests that hang, then those that wait for one are given up as well', async () => {
    const { stub, get, outcomes } = await setUp(hang);
    const gets = Array.from({ length: 5 }, () => get({ deadline: 100 }));
    const results = await Promise.allSettled(gets);
    assert.ok(results.every((result) => result.status === 'rejected' && failsWith('UPSTREAM_TIMEOUT')(result.reason)));
    assert.equal(outcomes.length, 5);
    stub.handler = ok;
    assert.deepEqual(await get(), { fine: true });
    assert.equal(stub.requests.length, 3, 'two connections, and nothing is sent after its deadline');
  });
});

describe('the retries of an upstream request', () => {
  const truncated: StubHandler = (_request, response) => {
    response.writeHead(200, { 'content-length': 1_000 });
    response.write('{"data":', () => response.socket?.destroy());
  };

  it('given two transport errors, then the third attempt answers', async () => {
    const { get, outcomes } = await setUp(inTurn(reset, reset, ok));
    assert.deepEqual(await get(), { fine: true });
    assert.deepEqual(outcomes, ['failed', 'failed', 'ok']);
  });

  it('given transport errors only, then three attempts are made; a probe makes one', async () => {
    const { stub, get } = await setUp(reset);
    await assert.rejects(get(), failsWith('UPSTREAM_UNREACHABLE'));
    assert.equal(stub.requests.length, 3);
    await assert.rejects(get({ attempts: 1 }), failsWith('UPSTREAM_UNREACHABLE'));
    assert.equal(stub.requests.length, 4);
  });

  it('given nobody listens, then it is unreachable', async () => {
    const { stub, get } = await setUp(ok);
    await stub.close();
    await assert.rejects(get(), failsWith('UPSTREAM_UNREACHABLE'));
  });

  it('given an answer that is cut off, then it is repeated, and in the end invalid', async () => {
    const { stub, get, outcomes } = await setUp(truncated);
    await assert.rejects(get(), failsWith('UPSTREAM_INVALID_ANSWER'));
    assert.equal(stub.requests.length, 3);
    assert.deepEqual(outcomes, ['invalid', 'invalid', 'invalid']);
    stub.handler = inTurn(truncated, ok);
    assert.deepEqual(await get(), { fine: true });
  });

  it('given a 503, then it is repeated', async () => {
    const { get } = await setUp(inTurn(answerWith('', 503), ok));
    assert.deepEqual(await get(), { fine: true });
  });

  it('given a Retry-After of a second, then the next attempt waits for it', async () => {
    const { get } = await setUp(inTurn(answerWith('', 503, { 'retry-after': '1' }), ok));
    const began = performance.now();
    await get();
    const took = performance.now() - began;
    assert.ok(took >= 990 && took < 1_900, `${took} ms`);
  });

  it('given a Retry-After of an hour, then the wait is capped at 2 s', async () => {
    const { get } = await setUp(inTurn(answerWith('', 503, { 'retry-after': '3600' }), ok));
    const began = performance.now();
    await get();
    const took = performance.now() - began;
    assert.ok(took >= 1_990 && took < 3_500, `${took} ms`);
  });

  it('given a service that is known to fail, then nothing is tried again; if that is known during the pause, neither', async () => {
    const { get, known, outcomes } = await setUp(answerWith('', 503, { 'retry-after': '1' }));
    const request = assert.rejects(get(), failsWith('UPSTREAM_REFUSED'));
    await until('the first attempt has failed', () => outcomes.length === 1);
    known.toFail = true;
    await request;
    await assert.rejects(get(), failsWith('UPSTREAM_REFUSED'));
    assert.deepEqual(outcomes, ['failed', 'failed']);
  });

  it('given the client is closed during a pause, then it ends at once', async () => {
    const { client, get, outcomes } = await setUp(answerWith('', 503, { 'retry-after': '2' }));
    const request = assert.rejects(get());
    await until('the first attempt has failed', () => outcomes.length === 1);
    const began = performance.now();
    await client.close();
    await request;
    assert.ok(performance.now() - began < 1_000);
  });

  it('given the client is closed, when asked, then it rejects', async () => {
    const { client, get } = await setUp(ok);
    await client.close();
    await assert.rejects(get(), failsWith('UPSTREAM_UNREACHABLE'));
  });
});
