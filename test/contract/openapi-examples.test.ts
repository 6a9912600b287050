/** The examples of the API's description are tried on the demo as a process: each is answered by what is described. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Value } from 'typebox/value';
import { ExplanationDocument, PreviewDocument, StatsDocument } from '../../src/api/openapi.ts';
import { outputOf } from '../support/process-guard.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { until } from '../support/wait.ts';

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly example?: string | number;
}

interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}

const DESCRIPTION: { paths: Record<string, Record<string, Operation>> } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'reference', 'openapi.json'), 'utf8'),
);
const STATS = '/api/worlds/{worldId}/channels/{channelId}/characters/{characterId}/stats';

const TRIED = [
  ['get', STATS, StatsDocument],
  ['get', `${STATS}/explain`, ExplanationDocument],
  ['post', `${STATS}/preview`, PreviewDocument],
] as const;

describe('the examples of the OpenAPI document', () => {
  let service: ServiceProcess;

  before(async () => {
    service = await startService({});
  });

  after(async () => {
    assert.equal(await service?.end(), 0);
  });

  /** Sends what the examples of an operation come to. */
  async function request(method: string, path: string, query = ''): Promise<Response> {
    const operation = DESCRIPTION.paths[path]?.[method];
    assert.ok(operation !== undefined);
    const examples = operation.parameters.filter(({ example }) => example !== undefined);
    const headers = Object.fromEntries(
      examples.filter((each) => each.in === 'header').map(({ name, example }) => [name, String(example)]),
    );
    const url = examples.reduce((text, { name, example }) => text.replace(`{${name}}`, String(example)), path);
    const body = operation.requestBody?.content['application/json']?.example;
    if (method === 'post') assert.ok(body !== undefined, 'the body has an example');
    return fetch(`${service.origin}${url}${query}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  for (const [method, path, schema] of TRIED) {
    test(`given the example of ${method} ${path}, when it is sent, then the answer is as described`, async () => {
      const document = await until('all is loaded', async () => {
        const response = await request(method, path);
        assert.equal(response.status, 200);
        const answer: unknown = await response.json();
        return JSON.stringify(answer).includes('"degraded"') ? undefined : answer;
      });
      assert.deepEqual(Value.Errors(schema, document), []);
    });
  }

  test('given the example of explain, when it is sent for a terminal, then a table comes', async () => {
    const response = await request('get', `${STATS}/explain`, '?format=text');
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.match(await response.text(), /^Tristan \(999\), resident, world 0, channel 1\n[\s\S]*\nmax_hp = [\d,]+/);
  });

  test('given the example of preview, when it is sent, then the items are put on', async () => {
    const answer: unknown = await (await request('post', `${STATS}/preview`)).json();
    assert.partialDeepStrictEqual(answer, {
      data: { attributes: { putOn: [{ templateId: 1402039, slot: -11, qualifies: true }, { slot: -12 }] } },
    });
  });

  test('given the curl lines that the demo prints, when they are run, then each shows the sample character', async () => {
    const messages = service
      .output()
      .trim()
      .split('\n')
      .map((line) => String(JSON.parse(line).msg));
    const commands = messages.filter((message) => message.startsWith('curl '));
    assert.equal(commands.length, 3);
    const outputs = await Promise.all(commands.map((command) => outputOf('/bin/sh', ['-c', command], 5_000)));
    assert.match(outputs[0] ?? '', /^\{"data":\{"type":"effective-stats","id":"999"/);
    assert.match(outputs[1] ?? '', /^Tristan \(999\), resident, /);
    assert.match(outputs[2] ?? '', /^Tristan \(999\), ruleset [\s\S]*\nweapon_attack +\d+/);
  });
});
