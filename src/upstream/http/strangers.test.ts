import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import {
  answerWith,
  createStubbedUpstream,
  STUB_TENANT,
  type StubHandler,
  startUpstreamStub,
} from '../../../test/support/upstream-stub.ts';
import { PARTS, type Part } from '../../domain/part.ts';
import { AppError } from '../../lib/app-error.ts';

const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function setUp(handler: StubHandler) {
  const stub = await startUpstreamStub(handler);
  cleanUps.push(() => stub.close());
  const stubbed = createStubbedUpstream(stub.url);
  cleanUps.push(() => stubbed.upstream.close());
  const fetch = (part: Part, characterId = 12) =>
    stubbed.upstream.fetch(part, { tenant: STUB_TENANT, characterId, context: undefined });
  return { ...stubbed, stub, fetch };
}

const isFromStranger = (error: unknown) => error instanceof AppError && error.code === 'UPSTREAM_STRANGER';

/** The answer as it is, with a content type or none. */
function bare(status: number, body: string, type?: string): StubHandler {
  return (_request, response) => {
    response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body);
  };
}

const NGINX = '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>nginx</body>\r\n</html>\r\n';

const STRANGERS: readonly (readonly [string, StubHandler])[] = [
  ['a 404 with a page of HTML', bare(404, NGINX, 'text/html')],
  ['a 404 of the router of another Go service', bare(404, '404 page not found\n', 'text/plain; charset=utf-8')],
  ['a 404 of an ingress without a route', bare(404, 'default backend - 404', 'text/plain; charset=utf-8')],
  ['an empty 404 of a mesh without a route', bare(404, '')],
  ['an empty 404 that claims to be HTML', bare(404, '', 'text/html')],
  ['a 404 of a gateway in JSON', bare(404, '{"message":"no Route matched with those values"}', 'application/json')],
  ['a 404 with a list of errors that holds none', bare(404, '{"errors":[]}', 'application/json')],
  ['a 404 whose errors are words', bare(404, '{"errors":["not found"]}', 'application/json')],
  ['a 404 that holds a document', bare(404, '{"data":[]}', 'application/json')],
  ['a 404 with HTML that claims to be JSON', bare(404, NGINX, 'application/json')],
  ['a 200 with a page to log in', bare(200, '<!doctype html><title>Log in</title>', 'text/html; charset=utf-8')],
  ['a 200 with a page that claims to be JSON', bare(200, ' <!doctype html><title>x</title>', 'application/json')],
  ['a 200 with a document that claims to be HTML', bare(200, '{"data":[]}', 'text/html')],
  ['a 200 that says it is well', bare(200, 'ok', 'text/plain')],
  ['a redirect to another host', answerWith('', 302, { location: 'https://login.example/?token=s3cret' })],
];

describe('an answer that its owner did not give', () => {
  for (const [what, handler] of STRANGERS) {
    it(`symptom: ${what} is believed`, async () => {
      const { upstream, fetch, outcomes } = await setUp(handler);
      for (const part of PARTS) await assert.rejects(fetch(part), isFromStranger, part);
      assert.deepEqual(
        outcomes.map(({ outcome }) => outcome),
        PARTS.map(() => 'stranger'),
      );
      const wanted = { tenant: STUB_TENANT, skillIds: [1], templateIds: [2], context: undefined };
      await upstream.ensureStaticData(wanted);
      assert.equal(upstream.staticData(STUB_TENANT).skill(1), undefined);
      assert.equal(upstream.staticData(STUB_TENANT).requirements(2), undefined);
    });
  }

  it('given what it tells, then neither its body nor where a redirect leads is repeated in full', async () => {
    const { fetch } = await setUp(answerWith('', 302, { location: 'https://login.example/?token=s3cret' }));
    await assert.rejects(fetch('buffs'), { message: /https:\/\/login\.example$/ });
  });

  it('given strangers for five characters, then the gate of that service opens', async () => {
    const { upstream, fetch } = await setUp(bare(404, NGINX, 'text/html'));
    for (const id of [1, 2, 3, 4, 5]) await assert.rejects(fetch('equipment', id));
    assert.equal(upstream.gates.inventory.state, 'open');
    assert.equal(upstream.gates.buffs.state, 'closed');
  });

  it('given the Date of a stranger, then it tells nothing of the clock of the service', async () => {
    const { fetch, dates } = await setUp(bare(404, NGINX, 'text/html'));
    await assert.rejects(fetch('buffs'));
    assert.deepEqual(dates, []);
  });
});

describe('a document of another service', () => {
  const resource = (type: string, attributes: object, id = '12') => ({ type, id, attributes });
  const CHARACTER = { level: 1, jobId: 0, strength: 4, dexterity: 4, intelligence: 4, luck: 4, maxHp: 50, maxMp: 5 };
  const BUFF = { sourceId: 1, changes: [], createdAt: '2026-02-03T18:01:57Z', expiresAt: '2026-02-03T18:05:17Z' };
  const RIGHT: Readonly<Record<Part, object>> = {
    base: { data: resource('characters', CHARACTER) },
    equipment: { data: resource('compartments', { type: 1 }), included: [] },
    buffs: { data: [resource('buffs', BUFF)] },
    passives: { data: [resource('skills', { level: 1 })] },
  };

  for (const part of PARTS) {
    it(`given each service’s document, when ${part} was asked for, then only its own counts`, async () => {
      for (const other of PARTS) {
        const { fetch } = await setUp(answerWith(RIGHT[other]));
        if (other === part) await fetch(part);
        else await assert.rejects(fetch(part), { code: /^UPSTREAM_(STRANGER|INVALID_ANSWER)$/ }, other);
      }
    });

    it(`symptom: a document of the right form and another type is taken for ${part}`, async () => {
      const text = JSON.stringify(RIGHT[part]).replace(/"type":"[a-z]+"/, '"type":"visits"');
      const { fetch } = await setUp(answerWith(text));
      await assert.rejects(fetch(part), isFromStranger);
    });
  }

  it('symptom: game data of another type count as requirements or as a skill', async () => {
    const id = (url: URL) => url.pathname.split('/').at(-1) ?? '';
    const { upstream } = await setUp((request, response, url) =>
      answerWith({ data: resource('visits', { action: false, effects: [] }, id(url)) })(request, response, url),
    );
    await upstream.ensureStaticData({ tenant: STUB_TENANT, skillIds: [1], templateIds: [2], context: undefined });
    assert.equal(upstream.staticData(STUB_TENANT).skill(1), undefined);
    assert.equal(upstream.staticData(STUB_TENANT).requirements(2), undefined);
  });
});

describe('a 404 that its owner gave', () => {
  const OWNERS: readonly (readonly [string, StubHandler])[] = [
    ['an empty body', bare(404, '', 'application/json')],
    ['an empty body and a charset', bare(404, '', 'application/json; charset=utf-8')],
    ['an empty body of JSON:API', bare(404, '', 'application/vnd.api+json')],
    ['a JSON:API error', bare(404, '{"errors":[{"status":"404","title":"Not Found"}]}', 'application/json')],
    ['a JSON:API error without a content type', bare(404, '{"errors":[{"title":"Not Found"}]}')],
  ];
  for (const [what, handler] of OWNERS) {
    it(`given ${what}, then there is none`, async () => {
      const { fetch } = await setUp(handler);
      assert.equal(await fetch('base'), 'missing');
      assert.deepEqual(await fetch('equipment'), { part: 'equipment', assets: [] });
      assert.deepEqual(await fetch('buffs'), { part: 'buffs', buffs: [] });
      assert.deepEqual(await fetch('passives'), { part: 'passives', skills: [] });
    });
  }
});
