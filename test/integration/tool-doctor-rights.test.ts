/** The doctor of the tool before brokers that speak TLS, and before one that tells users apart and asks what they may. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { createServer, type Server } from 'node:tls';
import {
  AclOperations,
  type AclOperationValue,
  AclPermissionTypes,
  Admin,
  ResourcePatternTypes,
  ResourceTypes,
  type ResourceTypeValue,
} from '@platformatic/kafka';
import { STREAMS } from '../../src/events/stream.ts';
import { dockerAnswers } from '../support/docker.ts';
import type { OwnKafkaBroker } from '../support/kafka-broker.ts';
import { startJavaBroker } from '../support/kafka-java.ts';
import { freePort } from '../support/process-guard.ts';
import { runTool } from '../support/tool-process.ts';
import { startWorldOnKafka, type WorldOnKafka } from '../support/world-on-kafka.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'tls');
const AUTHORITY = join(FIXTURES, 'authority.pem');
/** In a container it would not have the certificate. */
const OUT_OF_REACH = 'the broker would run in a container';
const LOGIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
const READER = { KAFKA_SASL_MECHANISM: 'PLAIN', KAFKA_SASL_USERNAME: 'reader', KAFKA_SASL_PASSWORD: 'secret' };

interface Finding {
  readonly what: string;
  readonly state: 'fine' | 'warning' | 'wrong';
  readonly told: string;
  readonly mend?: string;
}

async function examine(variables: Record<string, string>): Promise<Map<string, string>> {
  const { stdout, stderr } = await runTool(['doctor', '--json', '--character', '12'], variables);
  assert.equal(stderr, '');
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  return new Map(findings.map(({ what, state, told, mend = '' }) => [what, `${state}: ${told} ${mend}`.trim()]));
}

/** A listener that shows this certificate; no broker is behind it. */
async function listen(context: TestContext, certificate: string): Promise<string> {
  const pem = readFileSync(join(FIXTURES, `${certificate}.pem`), 'utf8');
  const server: Server = createServer({ key: pem, cert: pem }, (socket) => socket.on('error', () => undefined));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

for (const [certificate, authority, told] of [
  ['broker', undefined, /(?:unable to verify|local issuer).*not trusted: name the authority.*KAFKA_TLS_CA_FILE/],
  ['expired', AUTHORITY, /certificate has expired.*renew it, or look at the clocks/],
  ['other-name', AUTHORITY, /altnames.*for another name: call the broker in BOOTSTRAP_SERVERS/],
] as const) {
  it(`given the certificate ${certificate} that cannot be believed, when the doctor looks, then it says why`, async (context) => {
    const address = await listen(context, certificate);
    const found = await examine({
      BOOTSTRAP_SERVERS: address,
      BASE_SERVICE_URL: 'http://127.0.0.1:1/api/',
      KAFKA_TLS: 'on',
      ...(authority === undefined ? {} : { KAFKA_TLS_CA_FILE: authority }),
    });
    assert.match(found.get(`broker ${address}`) ?? '', told);
    assert.match(found.get(`broker ${address}`) ?? '', /^wrong: does not answer/);
  });
}

describe('the doctor before a broker with rights', () => {
  let kafka: OwnKafkaBroker | undefined;
  let atlas: WorldOnKafka;
  let admin: Admin;
  let sasl: string;
  let tls: string;

  before(async () => {
    if (await dockerAnswers()) return;
    sasl = `127.0.0.1:${await freePort()}`;
    tls = `127.0.0.1:${await freePort()}`;
    kafka = await startJavaBroker(
      () => undefined,
      ({ address, controllerPort }) => {
        const own = `PLAINTEXT://${address},SASL://${sasl},TLS://${tls}`;
        return {
          listeners: `${own},CONTROLLER://127.0.0.1:${controllerPort}`,
          'advertised.listeners': own,
          'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL',
          'inter.broker.listener.name': 'PLAINTEXT',
          'sasl.enabled.mechanisms': 'PLAIN',
          'listener.name.sasl.plain.sasl.jaas.config': `${LOGIN} user_reader="secret";`,
          'listener.name.tls.ssl.keystore.type': 'PEM',
          'listener.name.tls.ssl.keystore.location': join(FIXTURES, 'broker.pem'),
          'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
          'super.users': 'User:ANONYMOUS',
        };
      },
    );
    atlas = await startWorldOnKafka(kafka.brokers);
    admin = new Admin({ clientId: 'grants', bootstrapBrokers: [...kafka.brokers] });
  });

  after(async () => {
    await admin?.close();
    await atlas?.close();
    await kafka?.close();
  });

  const allow = (resourceType: ResourceTypeValue, resourceName: string, operation: AclOperationValue): Promise<void> =>
    admin.createAcls({
      creations: [
        {
          ...{ resourceType, resourceName, operation, host: '*', principal: 'User:reader' },
          resourcePatternType: ResourcePatternTypes.LITERAL,
          permissionType: AclPermissionTypes.ALLOW,
        },
      ],
    });

  it('given TLS with a certificate that can be believed, when it looks, then nothing is wrong', async (context) => {
    if (kafka === undefined) return context.skip(OUT_OF_REACH);
    const found = await examine({
      ...atlas.variables,
      ...{ BOOTSTRAP_SERVERS: tls, KAFKA_TLS: 'on', KAFKA_TLS_CA_FILE: AUTHORITY },
    });
    assert.deepEqual(
      [...found].filter(([, text]) => !text.startsWith('fine')),
      [],
    );
    assert.match(found.get(`group ${atlas.variables['KAFKA_CONSUMER_GROUP']}`) ?? '', /^fine: may be used/);
  });

  it('given a wrong password, when it looks, then it names the variables', async (context) => {
    if (kafka === undefined) return context.skip(OUT_OF_REACH);
    const wrong = { ...READER, KAFKA_SASL_PASSWORD: 'guessed' };
    const found = await examine({ ...atlas.variables, BOOTSTRAP_SERVERS: sasl, ...wrong });
    assert.match(found.get(`broker ${sasl}`) ?? '', /^wrong: .*KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD/);
  });

  it('given a user with no rights, then with some, then with all, when it looks, then it names the rights that lack', async (context) => {
    if (kafka === undefined) return context.skip(OUT_OF_REACH);
    const group = atlas.variables['KAFKA_CONSUMER_GROUP'] ?? '';
    const command = `${group}-commands`;
    await atlas.kafka.createTopic(command);
    const variables = {
      ...atlas.variables,
      ...READER,
      ...{ BOOTSTRAP_SERVERS: sasl, CLAMP_COMMANDS: 'on', COMMAND_TOPIC_CHARACTER: command },
    };
    const groups = [`group ${group}`, `group ${group} clamp`];
    const topics = STREAMS.map((stream) => atlas.topics[stream]);

    const none = await examine(variables);
    for (const topic of topics) {
      assert.match(
        none.get(`topic ${topic}`) ?? '',
        /^wrong: may not be seen.*topic authorization.*Grant .*Describe and Read/,
      );
    }
    assert.match(none.get(`topic ${command}`) ?? '', /^wrong: may not be seen.*Grant .*Describe and Write/);
    for (const what of groups) assert.match(none.get(what) ?? '', /^warning: .*Grant .*Read on the group/);

    for (const topic of [...topics, command]) await allow(ResourceTypes.TOPIC, topic, AclOperations.DESCRIBE);
    await allow(ResourceTypes.GROUP, group, AclOperations.DESCRIBE);
    const some = await examine(variables);
    for (const topic of topics) assert.match(some.get(`topic ${topic}`) ?? '', /^wrong: may be seen, but not read/);
    assert.match(some.get(`topic ${command}`) ?? '', /^wrong: may be seen, but not written to/);
    assert.match(some.get(`group ${group}`) ?? '', /^warning: cannot be used: .*Offsets are not committed.*Grant/);

    for (const topic of topics) await allow(ResourceTypes.TOPIC, topic, AclOperations.READ);
    await allow(ResourceTypes.TOPIC, command, AclOperations.WRITE);
    for (const name of [group, `${group} clamp`]) await allow(ResourceTypes.GROUP, name, AclOperations.READ);
    const all = await examine(variables);
    assert.deepEqual(
      [...all].filter(([, text]) => !text.startsWith('fine')),
      [],
    );
  });
});
