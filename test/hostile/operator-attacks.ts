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
  tenantAt,
} from './attack.ts';
import { SECRETS } from './secrets.ts';

/** Bytes of a preview's body at most (docs/README.md, Limits). */
const BODY_MAX = 65_536;
/** Fields of a preview's body, and what none of them may be. */
const FIELDS = ['takeOff', 'putOn', 'addBuffs', 'removeBuffs', 'base'] as const;
const JUNK = [
  'null',
  '0',
  '"x"',
  'true',
  '[null]',
  '[[[]]]',
  '[-1]',
  '[4294967296]',
  '[1e400]',
  '[1.5]',
  '["1"]',
  '[{}]',
  '[{"__proto__":{"assetId":1}}]',
  '[{"assetId":"x"}]',
  '[{"templateId":-1}]',
  '[{"slot":99999}]',
  '[{"sourceId":2147483648,"changes":null}]',
  '[{"sourceId":1,"changes":[{"type":"__proto__","amount":"x"}]}]',
  '{"strength":-1}',
  '{"strength":4294967296}',
  '{"constructor":1}',
  `[${'1,'.repeat(2_000)}1]`,
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
] as const;
/** Not documents at all. */
const BODIES = ['', '{', '[]', 'null', '"x"', '{"putOn":[}', '\u00ff\u00fe', '{"a":1,}', '{"x":1}', 'NaN'] as const;
const WRONG_TOKENS = ['x', '', 'null', 'x'.repeat(8_000), SECRETS.ADMIN_TOKEN.slice(0, -1)] as const;
const REDRIVES = '/api/debug/dead-letters/redrive';
const BAD_CHOICES = ['topic=a&topic=b', 'ofset=5', 'topic=', 'offset=-1', 'partition=1e3', '__proto__=1'] as const;

/** Requests to what takes a body, explains, or acts. */
export const OPERATOR_ATTACKS: Readonly<Record<string, AttackMaker>> = {
  'preview of junk': (prng) => {
    const body = `{"${anyOf(prng, FIELDS)}":${anyOf(prng, JUNK)}}`;
    return single(preview(prng, body), [400]);
  },
  'preview with a name twice': (prng) => {
    const field = anyOf(prng, FIELDS);
    return single(preview(prng, `{"${field}":[],"${field}":${anyOf(prng, JUNK)},"__proto__":{}}`), [400]);
  },
  'preview that is no document': (prng) => single(preview(prng, anyOf(prng, BODIES)), [400]),
  'preview as long as may be': (prng) => single(preview(prng, `{"x":"${'y'.repeat(BODY_MAX - 8)}"}`), [400]),
  'preview that is too long': (prng) => single(preview(prng, 'y'.repeat(BODY_MAX + prng.between(1, 9))), [413]),
  'explanation in strange words': (prng) => {
    const asked = drawAsked(prng);
    const accept = anyOf(prng, ['text/plain', '*/*;q=9', '\u00ff', ',,,', 'application/json;x="', '__proto__']);
    const lines = [...headerLines(tenantAt(asked.tenant)), `Accept: ${accept}`, CLOSE];
    return single(requestOf('GET', `${pathOf(asked)}/explain`, lines), [200]);
  },
  'operator route without its token': (prng) => {
    const asked = drawAsked(prng);
    const target = anyOf(prng, [REDRIVES, '/api/debug/static-data/flush', `${pathOf(asked)}/reread`]);
    const token = prng.chance(0.3) ? [] : [`Authorization: Bearer ${anyOf(prng, WRONG_TOKENS)}`];
    const lines = [...headerLines(tenantAt(asked.tenant)), ...token, 'Content-Length: 0', CLOSE];
    return single(requestOf('POST', target, lines), [401]);
  },
  'choice of dead letters that is none': (prng) => {
    const lines = [`Authorization: Bearer ${SECRETS.ADMIN_TOKEN}`, 'Content-Length: 0', CLOSE];
    return single(requestOf('POST', `${REDRIVES}?${anyOf(prng, BAD_CHOICES)}`, lines), [400]);
  },
};

function preview(prng: Prng, body: string): Buffer {
  const asked = drawAsked(prng);
  const type = anyOf(prng, ['application/json', 'text/plain', 'application/vnd.api+json']);
  const lines = [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`, CLOSE];
  return requestOf('POST', `${pathOf(asked)}/preview`, [...headerLines(tenantAt(asked.tenant)), ...lines], body);
}
