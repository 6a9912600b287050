import type { Prng } from '../../src/lib/prng.ts';
import {
  type AttackMaker,
  anyOf,
  CLOSE,
  drawAsked,
  headerLines,
  pathOf,
  requestOf,
  single,
  statsPath,
  tenantAt,
  validRequest,
} from './attack.ts';
import { pick } from './mutant.ts';

const NO_IDS: readonly [string, ...string[]] = [
  'x',
  '-1',
  '+1',
  '1.0',
  '1e3',
  '0x10',
  '4294967296',
  '99999999999999999999',
  'NaN',
  '%00',
  '%2e%2e',
  '%ff',
  '%',
  '%D9%A3',
  '12%20',
  '__proto__',
  'constructor',
  '$%7Bjndi:ldap://x}',
  "1'--",
  '1'.repeat(5_000),
];

type HostileHeader = readonly [name: string, values: readonly [string, ...string[]]];

const HOSTILE_TENANT: readonly [HostileHeader, ...HostileHeader[]] = [
  ['TENANT_ID', ['', 'x', '{083839c6-c47c-42a6-9585-76492795d123}', '0'.repeat(36), '\u00ff'.repeat(36), '__proto__']],
  ['REGION', ['', 'G MS', '\u00e9', 'x'.repeat(65), 'GMS, JMS']],
  ['MAJOR_VERSION', ['', '-1', '65536', '1e1', '0x53', '83.0', '83, 83', ' ', '\u00b2']],
  ['MINOR_VERSION', ['', '-0', '99999999999', 'NaN', 'one']],
];

function lines(prng: Prng): string[] {
  return headerLines(tenantAt(drawAsked(prng).tenant));
}

/** Wrong paths, headers, methods and bodies in requests that are HTTP all the same. */
export const REQUEST_ATTACKS: Readonly<Record<string, AttackMaker>> = {
  'id that is none': (prng) => {
    const id = anyOf(prng, NO_IDS);
    const target = pick(prng, [statsPath(id), statsPath(12, id), statsPath(12, 0, id)]);
    return single(requestOf('GET', target, [...lines(prng), CLOSE]), [400, 404]);
  },
  'world or channel beyond a byte': (prng) => {
    const target = pick(prng, [statsPath(12, 256), statsPath(12, 0, 256), statsPath(12, 4_294_967_295)]);
    return single(requestOf('GET', target, [...lines(prng), CLOSE]), [400]);
  },
  'character nobody knows': (prng) =>
    single(requestOf('GET', statsPath(prng.uint32()), [...lines(prng), CLOSE]), [404]),
  'tenant nobody knows': (prng) => {
    const own = lines(prng).filter((line) => !line.startsWith('TENANT_ID'));
    const target = pathOf(drawAsked(prng));
    return single(requestOf('GET', target, [...own, `TENANT_ID: ${prng.uuid()}`, CLOSE]), [404]);
  },
  'tenant header missing': (prng) => {
    const missing = prng.pick(HOSTILE_TENANT)?.[0] ?? '';
    const own = lines(prng).filter((line) => !line.startsWith(missing));
    return single(requestOf('GET', pathOf(drawAsked(prng)), [...own, CLOSE]), [400]);
  },
  'tenant header malformed': (prng) => {
    const [name, values] = pick(prng, HOSTILE_TENANT);
    const own = lines(prng).filter((line) => !line.startsWith(name));
    return single(requestOf('GET', pathOf(drawAsked(prng)), [...own, `${name}: ${anyOf(prng, values)}`, CLOSE]), [400]);
  },
  'tenant header of two tenants': (prng) => {
    const [one, other] = [tenantAt(0), tenantAt(1)];
    const [name, value] = pick(prng, [
      ['TENANT_ID', other.id],
      ['REGION', other.region],
      ['MAJOR_VERSION', String(other.majorVersion)],
    ]);
    const both = [...headerLines(one), `${name}: ${value}`, CLOSE];
    return single(requestOf('GET', pathOf(drawAsked(prng)), both), [400]);
  },
  'query of any kind': (prng) => {
    const asked = drawAsked(prng);
    const query = anyOf(prng, [
      '?fields[x]=y',
      '?__proto__[x]=1',
      '?a=%',
      '?%00',
      `?${'a=b&'.repeat(2_000)}`,
      '??',
      '?tenant=2',
    ]);
    const request = requestOf('GET', `${pathOf(asked)}${query}`, [...headerLines(tenantAt(asked.tenant)), CLOSE]);
    return { ...single(request, [200]), expected: [asked] };
  },
  'headers of any kind': (prng) => {
    const asked = drawAsked(prng);
    const more = anyOf(prng, [
      'Accept: text/x-nothing;q=0',
      'Range: bytes=0-1',
      'If-None-Match: *',
      'traceparent: nonsense',
      'ENVIRONMENT: \u00ff\u00fe',
      'X-Forwarded-For: 1.1.1.1',
      '__proto__: x',
      'constructor: x',
      `Cookie: ${'a=b; '.repeat(1_000)}`,
      'Accept-Encoding: gzip, br, \u00e9',
    ]);
    return { chunks: [validRequest(asked, CLOSE, [more])], answers: 1, statuses: [200, 304], expected: [asked] };
  },
  'method that is not taken': (prng) => {
    const method = anyOf(prng, [
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
      'TRACE',
      'PROPFIND',
      'QUERY',
      'FOO',
      'get',
    ]);
    return single(
      requestOf(method, pathOf(drawAsked(prng)), [...lines(prng), 'Content-Length: 0', CLOSE]),
      [400, 404, 405],
    );
  },
  'path that is none': (prng) => {
    const target = anyOf(prng, [
      '/api',
      '/api/',
      '/api/metrics/x',
      '/api/../../../etc/passwd',
      '/api/%2e%2e/%2e%2e/etc/passwd',
      '//api/ready',
      '/api/debug',
      '/api/debug/dead-letters/0',
      '/api/worlds/0/channels/1/characters/12',
      '/api/worlds/0/channels/1/characters/12/stats/../../13/stats',
      '/.env',
      '/api/help',
      `/${'a'.repeat(8_000)}`,
      `/${'a/'.repeat(4_000)}`,
      '/api/readyz%00',
      '/api/\u00ff',
      'http://[::1',
      '*',
    ]);
    return single(requestOf('GET', target, [...lines(prng), CLOSE]), [400, 404, 405]);
  },
  'body where none is taken': (prng) => {
    const body = 'x'.repeat(pick(prng, [1, 1_000, 20_000]));
    const type = anyOf(prng, ['application/json', 'text/plain', 'multipart/form-data', '\u00ff', '']);
    const method = anyOf(prng, ['POST', 'PUT', 'PATCH', 'DELETE']);
    const own = [...lines(prng), `Content-Type: ${type}`, `Content-Length: ${body.length}`, CLOSE];
    return single(requestOf(method, pathOf(drawAsked(prng)), own, body), [400, 404, 405, 413, 415]);
  },
  'GET with a body': (prng) => {
    const asked = drawAsked(prng);
    const own = [...headerLines(tenantAt(asked.tenant)), 'Content-Length: 5', CLOSE];
    return { ...single(requestOf('GET', pathOf(asked), own, 'hello'), [200]), expected: [asked] };
  },
  'dead letters with a wrong token': (prng) => {
    const token = anyOf(prng, ['x', 'null', 'planted', '\u00ff', 'x'.repeat(8_000)]);
    return single(requestOf('GET', '/api/debug/dead-letters', [`Authorization: Bearer ${token}`, CLOSE]), [401]);
  },
};
