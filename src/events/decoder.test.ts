import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodedEvent, encodedHeaders, RECORD_TIME, TENANT_HEADERS } from '../../test/support/encoded-event.ts';
import { type Headers, RecordContent } from '../wire/record-content.ts';
import { DEAD_REASONS, type Decoded, SKIP_REASONS } from './decoded.ts';
import { createDecoder } from './decoder.ts';
import { STREAMS, type Stream } from './stream.ts';

const SESSION_ID = '7f1c2a30-0b1d-4c5e-8f90-a1b2c3d4e5f6';
const CREATED = {
  sessionId: SESSION_ID,
  accountId: 1,
  characterId: 12,
  worldId: 0,
  channelId: 1,
  issuer: 'CHANNEL',
  type: 'CREATED',
};
const TRACEPARENT = '00-3372ab84489e1a66288233b8891dd94d-eaaa55d2801826af-01';
const TENANT = {
  id: '083839c6-c47c-42a6-9585-76492795d123',
  region: 'GMS',
  majorVersion: 83,
  minorVersion: 1,
  key: '083839c6-c47c-42a6-9585-76492795d123/GMS/83/1',
};

function decode(value: unknown, headers = TENANT_HEADERS, environment?: string): Decoded {
  const decoder = createDecoder(environment === undefined ? {} : { environment });
  return decoder.decode(encodedEvent('session', value, headers), undefined);
}

function sessionWith(headers: Headers): RecordContent {
  return RecordContent.of(headers, Buffer.from(JSON.stringify(CREATED)));
}

/** The event with what all events share, as a session created by these headers. */
function created(overrides: object = {}): object {
  return {
    type: 'session-created',
    tenant: TENANT,
    characterId: 12,
    recordTime: RECORD_TIME,
    context: undefined,
    backlog: undefined,
    replayed: false,
    sessionId: SESSION_ID,
    worldId: 0,
    channelId: 1,
    ...overrides,
  };
}

function dead(detail: string): object {
  return { type: 'dead', reason: detail.split(':', 1)[0], detail };
}

describe('the headers of a record', () => {
  test('given the tenant headers in any order, when decoded, then the event is that tenant’s', () => {
    const reversed = Object.fromEntries(Object.entries(TENANT_HEADERS).reverse());
    assert.deepEqual(decode(CREATED), created());
    assert.deepEqual(decode(CREATED, reversed), created());
  });

  test('given a header whose name is null, when decoded, then it is ignored, wherever it lies', () => {
    const decoder = createDecoder({ onDefect: (error) => assert.fail(String(error)) });
    for (let from = 0; from < 16; from += 1) {
      const one = 2;
      const headers = Buffer.from([...Buffer.alloc(from), one, 1, 2, 'x'.charCodeAt(0)]);
      const bytes = Buffer.concat([headers, Buffer.from('{}')]);
      const content = new RecordContent(bytes, from, headers.length, bytes.length);
      const decoded = decoder.decode({ stream: 'session', timestamp: 0, content }, undefined);
      assert.deepEqual(decoded, dead('missing-header: TENANT_ID: expected a value, got nothing'));
    }
  });

  test('given unknown headers, also of known lengths, when decoded, then they are ignored', () => {
    const headers = { a: 'b', TENANT_IX: 'x', REGIOM: 'x', MAXOR_VERSION: 'x', ENVIRONMEMT: 'x', ...TENANT_HEADERS };
    assert.deepEqual(decode(CREATED, headers), created());
  });

  test('given versions of two significant bytes, when decoded, then they are big-endian and unsigned', () => {
    const headers = { ...TENANT_HEADERS, MAJOR_VERSION: Buffer.from([1, 2]), MINOR_VERSION: Buffer.from([255, 255]) };
    const tenant = { ...TENANT, majorVersion: 258, minorVersion: 65_535, key: `${TENANT.id}/GMS/258/65535` };
    assert.deepEqual(decode(CREATED, headers), created({ tenant }));
  });

  test('given a tenant id in upper case, when decoded, then it is the same tenant', () => {
    const headers = { ...TENANT_HEADERS, TENANT_ID: TENANT.id.toUpperCase() };
    assert.deepEqual(decode(CREATED, headers), created());
  });

  for (const name of Object.keys(TENANT_HEADERS)) {
    test(`given no ${name}, when decoded, then the record is dead`, () => {
      assert.deepEqual(
        decode(CREATED, { ...TENANT_HEADERS, [name]: undefined }),
        dead(`missing-header: ${name}: expected a value, got nothing`),
      );
    });
  }

  const malformed: readonly (readonly [string, string | Buffer, string])[] = [
    ['TENANT_ID', '', 'a UUID of 36 characters, got 0 other bytes'],
    ['TENANT_ID', TENANT.id.slice(1), 'a UUID of 36 characters, got 35 other bytes'],
    ['TENANT_ID', `${TENANT.id}0`, 'a UUID of 36 characters, got 37 other bytes'],
    ['TENANT_ID', `${TENANT.id.slice(0, 35)}g`, 'a UUID of 36 characters, got 36 other bytes'],
    ['TENANT_ID', TENANT.id.replaceAll('-', '0'), 'a UUID of 36 characters, got 36 other bytes'],
    ['REGION', '', '1 to 64 visible ASCII characters, got 0 other bytes'],
    ['REGION', 'GMS\n', '1 to 64 visible ASCII characters, got 4 other bytes'],
    ['REGION', 'GÄS', '1 to 64 visible ASCII characters, got 4 other bytes'],
    ['REGION', 'G'.repeat(65), '1 to 64 visible ASCII characters, got 65 other bytes'],
    ['MAJOR_VERSION', Buffer.from([83]), '2 bytes, got 1'],
    ['MAJOR_VERSION', Buffer.from([]), '2 bytes, got 0'],
    ['MINOR_VERSION', Buffer.from([0, 0, 1]), '2 bytes, got 3'],
  ];
  for (const [name, value, rest] of malformed) {
    test(`given ${name} as ${JSON.stringify(value.toString())}, when decoded, then the record is dead`, () => {
      assert.deepEqual(
        decode(CREATED, { ...TENANT_HEADERS, [name]: value }),
        dead(`malformed-header: ${name}: expected ${rest}`),
      );
    });
  }

  test('given a header twice with one value, when decoded, then it counts once', () => {
    const headers = [...encodedHeaders(TENANT_HEADERS), ...encodedHeaders(TENANT_HEADERS)];
    const decoded = createDecoder({}).decode(
      { ...encodedEvent('session', CREATED), content: sessionWith(headers) },
      undefined,
    );
    assert.deepEqual(decoded, created());
  });

  for (const name of [...Object.keys(TENANT_HEADERS), 'ENVIRONMENT']) {
    test(`given ${name} twice with different values, when decoded, then the record is dead`, () => {
      const headers = [...encodedHeaders({ ...TENANT_HEADERS, ENVIRONMENT: 'a' }), ...encodedHeaders({ [name]: 'b' })];
      const decoded = createDecoder({}).decode(
        { ...encodedEvent('session', CREATED), content: sessionWith(headers) },
        undefined,
      );
      assert.deepEqual(decoded, dead(`conflicting-header: ${name}: expected one value, got different ones`));
    });
  }
});

describe('what a record hands on', () => {
  const context = (headers: Record<string, string | Buffer>) => {
    const decoded = decode(CREATED, { ...TENANT_HEADERS, ...headers });
    return 'context' in decoded ? decoded.context : decoded;
  };

  test('given traceparent and ENVIRONMENT, when decoded, then both are handed on unchanged', () => {
    assert.deepEqual(context({ traceparent: TRACEPARENT, ENVIRONMENT: 'pr-17' }), {
      traceparent: TRACEPARENT,
      environment: 'pr-17',
    });
    assert.deepEqual(context({ traceparent: TRACEPARENT }), { traceparent: TRACEPARENT });
    assert.deepEqual(context({ ENVIRONMENT: 'pr-17' }), { environment: 'pr-17' });
  });

  for (const traceparent of [
    '',
    TRACEPARENT.toUpperCase(),
    `${TRACEPARENT}-`,
    TRACEPARENT.replace('00-', 'ff-'),
    TRACEPARENT.replace('3372ab84489e1a66288233b8891dd94d', '0'.repeat(32)),
    TRACEPARENT.replace('eaaa55d2801826af', '0'.repeat(16)),
    `${TRACEPARENT.slice(0, 54)}\n`,
    TRACEPARENT.replace('00-', '01-'),
    TRACEPARENT.replace('00-', '10-'),
    TRACEPARENT.replace('a', 'g'),
    TRACEPARENT.replace('7', '/'),
    TRACEPARENT.replace('7', ':'),
    TRACEPARENT.replace('a', '`'),
    TRACEPARENT.replace('-01', '_01'),
    TRACEPARENT.replace('-01', '-g1'),
    TRACEPARENT.replace('-3', '_3'),
    TRACEPARENT.replace('-e', '_e'),
  ]) {
    test(`given traceparent ${JSON.stringify(traceparent)}, when decoded, then it is not handed on`, () => {
      assert.equal(context({ traceparent }), undefined);
    });
  }

  for (const environment of ['', 'two words', 'line\r\nbreak', 'ümlaut', 'x'.repeat(129)]) {
    test(`given ENVIRONMENT ${JSON.stringify(environment)}, when decoded, then it is not handed on`, () => {
      assert.equal(context({ ENVIRONMENT: environment }), undefined);
    });
  }

  test('given different traceparents, when decoded, then none is handed on', () => {
    const other = TRACEPARENT.replace('-01', '-00');
    const headers = encodedHeaders({ ...TENANT_HEADERS, traceparent: TRACEPARENT });
    const twice = (second: string) =>
      createDecoder({}).decode(
        {
          ...encodedEvent('session', CREATED),
          content: sessionWith([...headers, ...encodedHeaders({ traceparent: second })]),
        },
        undefined,
      );
    assert.deepEqual(twice(other), created());
    assert.deepEqual(twice(TRACEPARENT), created({ context: { traceparent: TRACEPARENT } }));
  });

  test('given a partition that is behind, when decoded, then the event names it', () => {
    const decoded = createDecoder({}).decode(encodedEvent('session', CREATED), 'sessions/3');
    assert.deepEqual(decoded, created({ backlog: 'sessions/3' }));
  });
});

describe('the environment filter', () => {
  const other = { type: 'skip', reason: 'other-environment' };

  test('given ATLAS_ENVIRONMENT, when an event names another one, then it is skipped', () => {
    assert.deepEqual(decode(CREATED, { ...TENANT_HEADERS, ENVIRONMENT: 'pr-18' }, 'pr-17'), other);
    assert.deepEqual(decode(CREATED, { ...TENANT_HEADERS, ENVIRONMENT: 'pr-1' }, 'pr-17'), other);
  });

  test('given ATLAS_ENVIRONMENT, when an event names it or none, then it is processed', () => {
    const named = decode(CREATED, { ...TENANT_HEADERS, ENVIRONMENT: 'pr-17' }, 'pr-17');
    assert.deepEqual(named, created({ context: { environment: 'pr-17' } }));
    assert.deepEqual(decode(CREATED, TENANT_HEADERS, 'pr-17'), created());
    assert.deepEqual(decode(CREATED, { ...TENANT_HEADERS, ENVIRONMENT: '' }, 'pr-17'), created());
  });

  test('given ATLAS_ENVIRONMENT, when an event of another one has no tenant, then it is not our dead letter', () => {
    assert.deepEqual(decode('{', { ENVIRONMENT: 'pr-18' }, 'pr-17'), other);
  });
});

describe('interned tenants', () => {
  const decoder = createDecoder({});
  const tenantOf = (headers: typeof TENANT_HEADERS) => {
    const decoded = decoder.decode(encodedEvent('session', CREATED, headers), undefined);
    return 'tenant' in decoded ? decoded.tenant : undefined;
  };

  test('given the same bytes, when decoded again, also after others, then the tenant is the same object', () => {
    const first = tenantOf(TENANT_HEADERS);
    assert.equal(tenantOf(TENANT_HEADERS), first);
    assert.equal(tenantOf({ ...TENANT_HEADERS, REGION: 'JMS' })?.region, 'JMS');
    assert.equal(tenantOf({ ...TENANT_HEADERS, MINOR_VERSION: Buffer.from([0, 2]) })?.minorVersion, 2);
    assert.equal(tenantOf({ ...TENANT_HEADERS, MAJOR_VERSION: Buffer.from([0, 2]) })?.majorVersion, 2);
    assert.equal(tenantOf({ ...TENANT_HEADERS, TENANT_ID: TENANT.id.replace('0', '1') })?.id[0], '1');
    assert.equal(tenantOf(TENANT_HEADERS), first);
  });

  test('given a buffer that is used again for another tenant, when decoded, then it is that tenant’s', () => {
    const headers = encodedHeaders(TENANT_HEADERS);
    const record = { ...encodedEvent('session', CREATED), content: sessionWith(headers) };
    const fresh = createDecoder({});
    const read = () => {
      const decoded = fresh.decode(record, undefined);
      return 'tenant' in decoded ? decoded.tenant : undefined;
    };
    assert.deepEqual(read(), TENANT);
    for (const [, value] of record.content.headers) if (value.length === 36) value.write('f');
    assert.equal(read()?.id, TENANT.id.replace('0', 'f'));
    for (const [, value] of record.content.headers) if (value.length === 3) value.write('T');
    assert.equal(read()?.region, 'TMS');
  });

  test('given more tenants than are kept, when an evicted one returns, then it is read again', () => {
    const first = tenantOf(TENANT_HEADERS);
    for (let minor = 0; minor < 1_000; minor++) {
      tenantOf({ ...TENANT_HEADERS, REGION: 'JMS', MINOR_VERSION: Buffer.from([minor >> 8, minor & 255]) });
    }
    const again = tenantOf(TENANT_HEADERS);
    assert.notEqual(again, first);
    assert.deepEqual(again, first);
  });
});

describe('the value of a record', () => {
  test('given no value, when decoded, then it is a tombstone, whatever the headers', () => {
    assert.deepEqual(decode(null), { type: 'skip', reason: 'tombstone' });
    assert.deepEqual(decode(null, {}), { type: 'skip', reason: 'tombstone' });
  });

  const bad: readonly (readonly [string, unknown, string])[] = [
    ['invalid UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'invalid-utf8: value: expected UTF-8, got other bytes'],
    ['too much', Buffer.alloc(1_048_577, '{"'), 'oversized-value: value: expected 1048576 bytes at most, got 1048577'],
    ['nothing', Buffer.alloc(0), 'invalid-json: value: expected JSON, got 0 other characters'],
    ['cut JSON', '{"type":', 'invalid-json: value: expected JSON, got 8 other characters'],
    ['a byte order mark', '\ufeff{}', 'invalid-json: value: expected JSON, got 3 other characters'],
    ['a list', '[]', 'invalid-field: value: expected an object, got a list of 0'],
    ['null', 'null', 'invalid-field: value: expected an object, got null'],
    ['a string', '"x"', 'invalid-field: value: expected an object, got a string'],
    ['a number', '1', 'invalid-field: value: expected an object, got an integer'],
    ['no type', '{}', 'invalid-field: type: expected a string, got nothing'],
    ['a type that is no string', '{"type":1}', 'invalid-field: type: expected a string, got an integer'],
  ];
  for (const [what, value, detail] of bad) {
    test(`given ${what}, when decoded, then the record is dead`, () => {
      assert.deepEqual(decode(value), dead(detail));
    });
  }

  test('given secrets in a value that cannot be read, when decoded, then the detail repeats none of it', () => {
    for (const value of ['hunter2', '{"type":"CREATED","issuer":{"hunter2":"hunter2"}}']) {
      assert.doesNotMatch(JSON.stringify(decode(value)), /hunter2/);
    }
  });

  test('given keys in another case, as Go reads them, when decoded, then they count; exact ones win', () => {
    const shouted = Object.fromEntries(Object.entries(CREATED).map(([key, value]) => [key.toUpperCase(), value]));
    assert.deepEqual(decode(shouted), created());
    assert.deepEqual(decode({ CHARACTERID: 99, ...CREATED }), created());
  });

  test('given unknown and repeated keys, when decoded, then the first are ignored and the last counts', () => {
    const text = JSON.stringify(CREATED).replace('{', '{"characterId":99,"novelty":{"a":[1]},');
    assert.deepEqual(decode(text), created());
  });

  test('given keys that name prototypes, when decoded, then no object is changed by them', () => {
    const text = JSON.stringify(CREATED).replace(
      '{',
      '{"__proto__":{"polluted":1,"characterId":99},"constructor":{"prototype":{"polluted":1}},"toString":1,',
    );
    assert.deepEqual(decode(text), created());
    assert.equal(Reflect.get({}, 'polluted'), undefined);
    const withoutId = { ...CREATED, characterId: undefined };
    const inherited = JSON.stringify(withoutId).replace('{', '{"__proto__":{"characterId":99},');
    assert.deepEqual(decode(inherited), dead('invalid-field: characterId: expected uint32, got nothing'));
  });

  test('given 100,000 nested lists, when decoded, then they are ignored, or dead when cut', () => {
    const depth = 100_000;
    const nested = JSON.stringify(CREATED).replace('{', `{"deep":${'['.repeat(depth)}${']'.repeat(depth)},`);
    assert.deepEqual(decode(nested), created());
    const cut = decode('{"a":'.repeat(depth));
    assert.equal(cut.type === 'dead' && cut.reason, 'invalid-json');
  });
});

describe('whatever a record holds', () => {
  const REASONS: readonly string[] = [...SKIP_REASONS, ...DEAD_REASONS];
  const stream = fc.constantFrom<Stream>(...STREAMS);
  const bytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));
  const decoder = createDecoder({
    onDefect(error) {
      throw error;
    },
  });

  const check = (decoded: Decoded): void => {
    if (decoded.type === 'skip' || decoded.type === 'dead') assert.ok(REASONS.includes(decoded.reason));
    else if (decoded.type !== 'not-held') assert.ok(decoded.characterId > 0 && decoded.tenant.id.length === 36);
    if (decoded.type === 'dead') assert.ok(decoded.detail.length < 150, decoded.detail);
  };

  test('given any bytes in headers and value, when decoded, then it never throws', () => {
    const name = fc.oneof(
      fc.constantFrom(...Object.keys(TENANT_HEADERS), 'ENVIRONMENT', 'traceparent').map((text) => Buffer.from(text)),
      bytes,
    );
    fc.assert(
      fc.property(stream, fc.array(fc.tuple(name, bytes), { maxLength: 8 }), bytes, (of, extra, value) => {
        const headers = [...encodedHeaders(TENANT_HEADERS), ...extra];
        check(decoder.decode({ stream: of, timestamp: 0, content: RecordContent.of(extra, value) }, undefined));
        check(decoder.decode({ stream: of, timestamp: 0, content: RecordContent.of(headers, value) }, undefined));
        check(decoder.decode(encodedEvent(of, value), undefined));
      }),
    );
  });

  test('given any JSON in the known fields, when decoded, then it is an event, a skip or dead', () => {
    const number = fc.oneof(fc.integer({ min: -300, max: 300 }), fc.double(), fc.constantFrom(2 ** 31, 2 ** 32, -0));
    const word = fc.constantFrom('equipable', 'CHANNEL', SESSION_ID, '2026-02-03T18:01:57Z', 'STRENGTH', '');
    const plain = fc.oneof(number, word, fc.constant(null), fc.boolean(), fc.jsonValue());
    const change = fc.record({ type: word, amount: plain }, { requiredKeys: [] });
    const type = fc.constantFrom(
      ...['CREATED', 'DESTROYED', 'APPLIED', 'EXPIRED', 'STAT_UPDATED', 'MOVED', 'UPDATED', 'DELETED'],
      ...['RELEASED', 'ACCEPTED', 'STAT_CHANGED', 'SP_TRANSFERRED'],
    );
    const values = fc.record({ strength: plain, level: plain, fame: plain }, { requiredKeys: [] });
    const body = fc.record(
      {
        ...{ sourceId: plain, level: plain, changes: fc.oneof(fc.array(change), plain), noExpiry: plain },
        ...{ createdAt: fc.oneof(word, plain), expiresAt: fc.oneof(word, plain), oldSlot: plain, hp: plain },
        ...{ referenceType: plain, referenceData: plain, updates: plain, values: fc.oneof(values, plain) },
      },
      { requiredKeys: [] },
    );
    const envelope = fc.record(
      {
        ...{ type: fc.oneof(type, plain), characterId: plain, worldId: plain, channelId: plain, sessionId: plain },
        ...{ issuer: plain, assetId: plain, templateId: plain, slot: plain, skillId: plain },
        body: fc.oneof({ weight: 5, arbitrary: body }, plain),
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(stream, envelope, (of, value) => check(decoder.decode(encodedEvent(of, value), undefined))),
      { numRuns: 2_000 },
    );
  });
});

test('symptom: a defect of the decoder rejects the batch, which comes again for ever', () => {
  const defects: unknown[] = [];
  const decoder = createDecoder({ onDefect: (error) => defects.push(error) });
  // Nothing at all is what only a defect of the feed could hand over.
  const broken = { ...encodedEvent('session', CREATED), content: undefined as unknown as RecordContent };
  const decoded = decoder.decode(broken, undefined);
  assert.deepEqual([decoded.type, 'reason' in decoded && decoded.reason], ['dead', 'defect']);
  assert.ok('detail' in decoded && !/TypeError|undefined|iterable/.test(decoded.detail), 'nothing internal');
  assert.equal(defects.length, 1);
});
