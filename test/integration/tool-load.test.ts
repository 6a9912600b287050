/** `effective-stats serve` beside `effective-stats load`: the whole installation that deploy/compose.yaml starts. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { STREAMS, type Stream } from '../../src/events/stream.ts';
import { WORLD_TENANT } from '../../world/world.ts';
import { type KafkaBroker, provisionKafka } from '../support/kafka-broker.ts';
import { uniqueName } from '../support/kafka-client.ts';
import { freePort } from '../support/process-guard.ts';
import { tenantHeaders } from '../support/service-process.ts';
import { runTool, startTool, type ToolProcess } from '../support/tool-process.ts';
import { topicVariables } from '../support/topic-variables.ts';
import { until } from '../support/wait.ts';

describe('the simulated Atlas of the tool', () => {
  let broker: KafkaBroker;
  let variables: Record<string, string>;
  let load: ToolProcess;

  before(async () => {
    broker = await provisionKafka();
    const name = uniqueName('load');
    const topics = Object.fromEntries(STREAMS.map((stream) => [stream, `${name}-${stream}`])) as Record<Stream, string>;
    variables = { BOOTSTRAP_SERVERS: broker.brokers.join(','), ...topicVariables(topics) };
    load = startTool(['load', '--port', '0', '--characters', '50', '--json'], variables);
  });

  after(async () => {
    assert.equal(await load?.stop(), 0, load?.stderr());
    await broker?.close();
  });

  it('given load and serve, when the sample character is asked for, then its numbers move, and a stop is orderly', async () => {
    const started = await load.line('it plays', ({ event }) => event === 'started');
    const port = await freePort();
    const service = startTool(['serve'], {
      ...variables,
      BASE_SERVICE_URL: String(started['baseServiceUrl']),
      KAFKA_CONSUMER_GROUP: uniqueName('group'),
      REST_PORT: String(port),
    });
    try {
      const url = `http://127.0.0.1:${port}/api/worlds/0/channels/1/characters/${started['characterId']}/stats`;
      const seen = new Set<number>();
      await until('its weapon attack has changed', async () => {
        const response = await fetch(url, { headers: tenantHeaders(WORLD_TENANT) });
        const { data, meta } = JSON.parse(await response.text());
        assert.equal(meta, undefined);
        seen.add(data.attributes.weaponAttack);
        return seen.size > 1;
      });
      const metrics = await (await fetch(`http://127.0.0.1:${port}/api/metrics`)).text();
      assert.match(metrics, /^effective_stats_build_info\{version="\d+\.\d+\.\d+",mode="kafka"\} 1$/m);
    } finally {
      assert.equal(await service.stop(), 0, service.stdout() + service.stderr());
    }
  });

  it('given an end, when it is reached, then load tells what it sent, and a bar showed the way', async () => {
    const { code, stdout, stderr } = await runTool(['load', '--port', '0', '--for', '1s', '--rate', '100'], variables);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /BASE_SERVICE_URL=http:\/\/127\.0\.0\.1:\d+\/api\//);
    const events = Number(/^(\d+) events sent/m.exec(stdout)?.[1]);
    assert.ok(events > 100, stdout);
    assert.match(stderr, /100 %, 1\/1 s, \d+ events/);
  });

  it('given a port that is taken, when load begins, then it says so and exits with 1', async () => {
    const started = await load.line('it plays', ({ event }) => event === 'started');
    const port = new URL(String(started['baseServiceUrl'])).port;
    const { code, stderr } = await runTool(['load', '--port', port], variables);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`cannot listen on 127.0.0.1:${port}`));
  });

  it('given no broker, when load begins, then it names who does not answer and exits with 1', async () => {
    const port = await freePort();
    const { code, stderr } = await runTool(['load', '--brokers', `127.0.0.1:${port}`]);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`Kafka at 127.0.0.1:${port} cannot be used`));
  });
});
