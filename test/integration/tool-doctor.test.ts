/** The doctor of the tool, on a real broker and the simulated Atlas: healthy, and with each fault that it names. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { SERVICES } from '../../src/upstream/port.ts';
import { WORLD_TENANT } from '../../world/world.ts';
import { type KafkaBroker, provisionKafka } from '../support/kafka-broker.ts';
import { freePort } from '../support/process-guard.ts';
import { runTool } from '../support/tool-process.ts';
import { startWorldOnKafka, type WorldOnKafka } from '../support/world-on-kafka.ts';

interface Finding {
  readonly what: string;
  readonly state: 'fine' | 'warning' | 'wrong';
  readonly told: string;
  readonly mend?: string;
}

describe('the doctor', () => {
  let broker: KafkaBroker;
  let atlas: WorldOnKafka;

  before(async () => {
    broker = await provisionKafka();
    atlas = await startWorldOnKafka(broker.brokers);
    atlas.world.makeUp({ tenant: WORLD_TENANT, characterId: 12 });
  });

  afterEach(() => {
    for (const service of SERVICES) atlas.upstream.misbehaviour[service] = {};
  });

  after(async () => {
    await atlas?.close();
    await broker?.close();
  });

  async function examine(variables: Record<string, string>): Promise<{ code: number | null; findings: Finding[] }> {
    const { code, stdout, stderr } = await runTool(['doctor', '--json', '--character', '12'], variables);
    assert.equal(stderr, '');
    const { wrong, findings } = JSON.parse(stdout) as { wrong: number; findings: Finding[] };
    assert.equal(findings.filter(({ state }) => state === 'wrong').length, wrong);
    assert.equal(code, wrong === 0 ? 0 : 1);
    return { code, findings };
  }

  /** That exactly these are wrong, and each says how to mend it. */
  async function assertWrong(
    variables: Record<string, string>,
    wrong: Readonly<Record<string, RegExp>>,
  ): Promise<void> {
    const { findings } = await examine(variables);
    const found = findings.filter(({ state }) => state === 'wrong');
    assert.deepEqual(
      found.map(({ what }) => what).sort(),
      Object.keys(wrong).sort(),
      JSON.stringify(found, undefined, 1),
    );
    for (const { what, told, mend = '' } of found) assert.match(`${told} ${mend}`, wrong[what] ?? /never/);
  }

  const service = (name: string) => `service ${name}, tenant 083839c6… GMS 83.1`;

  it('given everything in order, when it looks, then it finds nothing wrong and says what it saw', async () => {
    const { findings } = await examine(atlas.variables);
    assert.deepEqual(
      findings.filter(({ state }) => state !== 'fine'),
      [],
    );
    const told = new Map(findings.map(({ what, told: text }) => [what, text]));
    assert.match(told.get(`topic ${atlas.topics.buff}`) ?? '', /^1 partition, ends at \d+$/);
    for (const name of SERVICES) assert.match(told.get(service(name)) ?? '', /^answers, \d+ ms$/, name);
    const text = await runTool(['doctor'], atlas.variables);
    assert.match(text.stdout, /^ok {3}broker [\s\S]*Nothing is wrong\.\n$/m);
  });

  it('given variables that are wrong, or none, when it looks, then it names them', async () => {
    await assertWrong({ ...atlas.variables, REST_PORT: 'x' }, { 'variable REST_PORT': /"x"; expected an integer/ });
    await assertWrong({}, { 'variable BOOTSTRAP_SERVERS': /only the demo would run Set BOOTSTRAP_SERVERS/ });
  });

  it('given one broker of two that does not listen, when it looks, then it names that one, and looks at the rest', async () => {
    const dead = `127.0.0.1:${await freePort()}`;
    const servers = `${dead},${broker.brokers[0]}`;
    await assertWrong(
      { ...atlas.variables, BOOTSTRAP_SERVERS: servers },
      { [`broker ${dead}`]: /ECONNREFUSED.*Nothing listens/ },
    );
  });

  it('given a broker whose name is mistyped, when it looks, then it says that DNS does not know it', async () => {
    const variables = { ...atlas.variables, BOOTSTRAP_SERVERS: 'kafak.invalid:9092' };
    await assertWrong(variables, { 'broker kafak.invalid:9092': /not known to DNS/, topics: /no broker answers/ });
  });

  it('given TLS or SASL that the broker does not speak, when it looks, then it says what is set', async () => {
    const [address = ''] = broker.brokers;
    const tls = { ...atlas.variables, KAFKA_TLS: 'on' };
    await assertWrong(tls, { [`broker ${address}`]: /KAFKA_TLS is on/, topics: /no broker answers/ });
    const sasl = {
      ...atlas.variables,
      ...{ KAFKA_SASL_MECHANISM: 'PLAIN', KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: 'secret' },
    };
    await assertWrong(sasl, { [`broker ${address}`]: /KAFKA_SASL_MECHANISM/, topics: /no broker answers/ });
  });

  it('given a topic that is mistyped, when it looks, then it names the topic and its variable', async () => {
    const variables = {
      ...atlas.variables,
      EVENT_TOPIC_ASSET_STATUS: 'aset',
      CLAMP_COMMANDS: 'on',
      COMMAND_TOPIC_CHARACTER: 'comand',
    };
    await assertWrong(variables, {
      'topic aset': /does not exist.*EVENT_TOPIC_ASSET_STATUS mistyped/,
      'topic comand': /does not exist.*COMMAND_TOPIC_CHARACTER mistyped/,
    });
  });

  it('given services that fail in every way, when it looks, then it tells each apart', async () => {
    const { misbehaviour } = atlas.upstream;
    misbehaviour.characters = { failure: { kind: 'wrong-body', body: 'zeros' } };
    misbehaviour.inventory = { failure: { kind: 'status', status: 500 } };
    misbehaviour.buffs = { failure: { kind: 'hang' } };
    const skills = `http://127.0.0.1:${await freePort()}/api/`;
    const proxy = createServer((_request, response) => response.writeHead(404).end('404 page not found'));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const data = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/api/`;
    try {
      const urls = { SKILLS_SERVICE_URL: skills, DATA_SERVICE_URL: data, HTTP_CLIENT_TIMEOUT: '500ms' };
      await assertWrong(
        { ...atlas.variables, ...urls },
        {
          [service('characters')]: /cannot be true.*look at its log/,
          [service('inventory')]: /answered 500.*It runs and fails/,
          [service('buffs')]: /did not answer within 500 ms.*HTTP_CLIENT_TIMEOUT/,
          [service('skills')]: /cannot be reached \(.*ECONNREFUSED.*SKILLS_SERVICE_URL/,
          [service('data')]: /what answered is not the data service.*DATA_SERVICE_URL/,
        },
      );
    } finally {
      proxy.close();
    }
  });

  it('given services whose clock is ahead, when it looks, then it warns of it', async () => {
    const clock = { now: () => systemClock.now() + 30_000, mono: systemClock.mono };
    const ahead = await startWorldOnKafka(broker.brokers, { clock });
    try {
      const { code, findings } = await examine(ahead.variables);
      assert.equal(code, 0);
      const clocks = findings.filter(({ what }) => what.startsWith('clock of '));
      assert.ok(clocks.length >= 4);
      for (const { state, told } of clocks) assert.match(`${state} ${told}`, /^warning (29|30) s ahead of ours$/);
    } finally {
      await ahead.close();
    }
  });

  it('given several tenants, when it looks, then the services are asked for each', async () => {
    const other = '11111111-2222-3333-4444-555555555555/JMS/185.1';
    const args = ['doctor', '--json', '--tenant', other, '--tenant', '083839c6-c47c-42a6-9585-76492795d123/GMS/83.1'];
    const { findings } = JSON.parse((await runTool(args, atlas.variables)).stdout) as { findings: Finding[] };
    for (const tenant of ['11111111… JMS 185.1', '083839c6… GMS 83.1']) {
      assert.equal(findings.filter(({ what }) => what.endsWith(tenant)).length, SERVICES.length, tenant);
    }
  });
});
