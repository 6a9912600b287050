import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Config, formatViolations, type KafkaConfig, parseConfig, type Violation } from './config.ts';
import { helpText } from './help.ts';
import { VARIABLES } from './schema.ts';

/** Signed by itself; of nobody, for tests. */
const CA_FILE = fileURLToPath(new URL('../../test/fixtures/ca.pem', import.meta.url));

const KAFKA = { BOOTSTRAP_SERVERS: 'kafka:9092', BASE_SERVICE_URL: 'http://atlas/api/' };

function configOf(env: Record<string, string>): Config {
  const parsed = parseConfig(env);
  if ('violations' in parsed) assert.fail(formatViolations(parsed.violations));
  return parsed.config;
}

function kafkaConfigOf(env: Record<string, string>): KafkaConfig {
  const config = configOf({ ...KAFKA, ...env });
  assert.equal(config.mode, 'kafka');
  return config.mode === 'kafka' ? config : assert.fail();
}

function violationsOf(env: Record<string, string>): readonly Violation[] {
  const parsed = parseConfig(env);
  return 'violations' in parsed ? parsed.violations : assert.fail('the configuration was accepted');
}

function violationOf(name: string, env: Record<string, string>): Violation {
  const violations = violationsOf(env);
  assert.deepEqual(
    violations.map((violation) => violation.variable),
    [name],
  );
  return violations[0] ?? assert.fail();
}

test('given no variables, when the configuration is read, then it is the demo with the documented defaults', () => {
  assert.deepEqual(configOf({}), {
    mode: 'demo',
    serviceName: 'effective-stats',
    logLevel: 'info',
    atlasEnvironment: undefined,
    podName: undefined,
    shutdownDelay: 0,
    restPort: 8080,
    adminToken: undefined,
    traces: undefined,
    ruleset: 'atlas',
    rulesetOverrides: {},
    checkRequirements: true,
    buffExpiryGrace: 15_000,
    httpClientTimeout: 2_000,
    upstreamConcurrency: 64,
    readWait: 2_000,
    visitorMax: 10_000,
    visitorTtl: 30_000,
    residentIdleTtl: 86_400_000,
    auditPeriod: 600_000,
    staticDataMax: 200_000,
    shard: undefined,
  });
});

test('given brokers and a base URL, when the configuration is read, then topics, group and URLs have their defaults', () => {
  const config = kafkaConfigOf({});
  assert.deepEqual(config.kafka, {
    brokers: ['kafka:9092'],
    groupId: 'Effective Stats Service',
    topics: {
      session: 'EVENT_TOPIC_SESSION_STATUS',
      buff: 'EVENT_TOPIC_CHARACTER_BUFF_STATUS',
      asset: 'EVENT_TOPIC_ASSET_STATUS',
      character: 'EVENT_TOPIC_CHARACTER_STATUS',
      skill: 'EVENT_TOPIC_SKILL_STATUS',
    },
    tls: undefined,
    sasl: undefined,
  });
  assert.deepEqual(new Set(Object.values(config.serviceUrls)), new Set(['http://atlas/api/']));
});

test('given a URL of its own for one service, when the configuration is read, then it wins and ends with a slash', () => {
  const { serviceUrls, serviceUrlVariables } = kafkaConfigOf({ SKILLS_SERVICE_URL: 'https://skills:8443/api' });
  assert.equal(serviceUrls.skills, 'https://skills:8443/api/');
  assert.equal(serviceUrls.buffs, 'http://atlas/api/');
  assert.equal(serviceUrlVariables.skills, 'SKILLS_SERVICE_URL');
  assert.equal(serviceUrlVariables.buffs, 'BASE_SERVICE_URL');
});

test('given all five URLs, when the configuration is read, then no base URL is needed', () => {
  const services = ['CHARACTERS', 'INVENTORY', 'BUFFS', 'SKILLS', 'DATA'];
  const urls = Object.fromEntries(services.map((name) => [`${name}_SERVICE_URL`, `http://${name.toLowerCase()}/api/`]));
  const config = configOf({ BOOTSTRAP_SERVERS: 'kafka:9092', ...urls });
  assert.equal(config.mode === 'kafka' && config.serviceUrls.inventory, 'http://inventory/api/');
});

test('given brokers and four of five URLs, when the configuration is read, then the missing one is named', () => {
  const { expected } = violationOf('BASE_SERVICE_URL', {
    BOOTSTRAP_SERVERS: 'kafka:9092',
    CHARACTERS_SERVICE_URL: 'http://a/',
    INVENTORY_SERVICE_URL: 'http://a/',
    BUFFS_SERVICE_URL: 'http://a/',
    DATA_SERVICE_URL: 'http://a/',
  });
  assert.match(expected, /none of their own: SKILLS_SERVICE_URL$/);
});

test('given production without brokers, when the configuration is read, then it is refused instead of a demo', () => {
  assert.match(violationOf('BOOTSTRAP_SERVERS', { NODE_ENV: 'production' }).expected, /NODE_ENV is production/);
});

test('given TLS and SASL, when the configuration is read, then both are handed on', () => {
  const { kafka } = kafkaConfigOf({
    KAFKA_TLS: 'on',
    KAFKA_TLS_CA_FILE: CA_FILE,
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SASL_USERNAME: 'stats',
    KAFKA_SASL_PASSWORD: 'open sesame',
  });
  assert.deepEqual(kafka.tls, { ca: readFileSync(CA_FILE, 'utf8') });
  assert.deepEqual(kafka.sasl, { mechanism: 'SCRAM-SHA-512', username: 'stats', password: 'open sesame' });
});

test('given a mechanism without credentials, when the configuration is read, then both are asked for', () => {
  const violations = violationsOf({ ...KAFKA, KAFKA_SASL_MECHANISM: 'PLAIN' });
  assert.deepEqual(
    violations.map((violation) => violation.variable),
    ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'],
  );
});

test('given a CA file but no TLS, when the configuration is read, then TLS is asked for', () => {
  assert.match(violationOf('KAFKA_TLS', { ...KAFKA, KAFKA_TLS_CA_FILE: CA_FILE }).expected, /^on, because/);
});

for (const [name, level] of [
  ['panic', 'fatal'],
  ['WARNING', 'warn'],
  ['Trace', 'trace'],
] as const) {
  test(`given the level ${name}, when the configuration is read, then it is ${level}`, () => {
    assert.equal(configOf({ LOG_LEVEL: name }).logLevel, level);
  });
}

test('given several brokers, when the configuration is read, then each is kept, blanks around it dropped', () => {
  const { kafka } = kafkaConfigOf({ BOOTSTRAP_SERVERS: 'a:1, b.example:9092,[::1]:65535' });
  assert.deepEqual(kafka.brokers, ['a:1', 'b.example:9092', '[::1]:65535']);
});

const REFUSED: readonly (readonly [string, string])[] = [
  ['NODE_ENV', 'prod'],
  ['LOG_LEVEL', 'verbose'],
  ['REST_PORT', '65536'],
  ['REST_PORT', '-1'],
  ['REST_PORT', '80a'],
  ['SERVICE_NAME', 'two words'],
  ['ATLAS_ENVIRONMENT', 'a b'],
  ['EVENT_TOPIC_ASSET_STATUS', 'no spaces'],
  ['EVENT_TOPIC_ASSET_STATUS', '..'],
  ['BOOTSTRAP_SERVERS', 'kafka'],
  ['BOOTSTRAP_SERVERS', 'kafka:0'],
  ['BOOTSTRAP_SERVERS', 'kafka:9092,'],
  ['BASE_SERVICE_URL', 'atlas/api'],
  ['BASE_SERVICE_URL', 'ftp://atlas/api'],
  ['BASE_SERVICE_URL', 'http://atlas/api#x'],
  ['HTTP_CLIENT_TIMEOUT', '0'],
  ['HTTP_CLIENT_TIMEOUT', '2'],
  ['HTTP_CLIENT_TIMEOUT', '11m'],
  ['READ_WAIT', '-1s'],
  ['VISITOR_MAX', '0'],
  ['STATIC_DATA_MAX', '999'],
  ['KAFKA_TLS', 'true'],
  ['KAFKA_SASL_MECHANISM', 'GSSAPI'],
  ['TRACE_ENDPOINT', 'http://jaeger:4317'],
  ['TRACE_SAMPLING_RATIO', '1.5'],
  ['EQUIPMENT_REQUIREMENTS', 'yes'],
  ['SHARD', '4/4'],
  ['SHARD', '0/0'],
  ['SHARD', '0/257'],
  ['SHARD', '1'],
  ['SHARD', 'auto'],
  ['SHARD', 'auto/0'],
  ['SHUTDOWN_DELAY', '6m'],
  ['UPSTREAM_CONCURRENCY', '1'],
];

for (const [name, value] of REFUSED) {
  test(`given ${name}=${value}, when the configuration is read, then it is refused with its value`, () => {
    const sasl = { KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p', KAFKA_SASL_MECHANISM: 'PLAIN' };
    const violation = violationOf(name, { ...KAFKA, ...(name.startsWith('KAFKA_SASL') ? sasl : {}), [name]: value });
    assert.equal(violation.value, value);
    assert.notEqual(violation.expected, '');
  });
}

test('given rulesets of single tenants, when the configuration is read, then they are told apart', () => {
  const id = '083839C6-c47c-42a6-9585-76492795d123';
  const { rulesetOverrides } = configOf({ RULESET_OVERRIDES: `GMS/83.1=gms-v83, ${id}=atlas` });
  assert.deepEqual(rulesetOverrides, { 'GMS/83.1': 'gms-v83', [id.toLowerCase()]: 'atlas' });
  for (const wrong of ['GMS/83.1', 'GMS=gms-v83', 'GMS/83.1=other', 'GMS/70000.1=atlas', 'x=atlas']) {
    assert.match(violationOf('RULESET_OVERRIDES', { RULESET_OVERRIDES: wrong }).expected, /GMS\/83\.1=gms-v83/);
  }
});

test('given a shard, when the configuration is read, then it is that one, or that of the ordinal modulo the count', () => {
  const shardOf = (env: Record<string, string>) => configOf(env).shard;
  assert.deepEqual(shardOf({ SHARD: '3/4' }), { index: 3, count: 4 });
  assert.deepEqual(shardOf({ SHARD: 'auto/4', HOSTNAME: 'effective-stats-2' }), { index: 2, count: 4 });
  assert.deepEqual(shardOf({ SHARD: 'auto/4', HOSTNAME: 'effective-stats-6' }), { index: 2, count: 4 });
  assert.deepEqual(shardOf({ SHARD: 'auto/4', HOSTNAME: 'node-7', POD_NAME: 'stats-1' }), { index: 1, count: 4 });
  assert.deepEqual(shardOf({ SHARD: '1/4', HOSTNAME: 'effective-stats-2' }), { index: 1, count: 4 });
});

test('given a shard by ordinal and a name without one, when the configuration is read, then the names are asked for', () => {
  for (const env of [{}, { HOSTNAME: 'a3f09c12' }, { HOSTNAME: 'stats-0', POD_NAME: 'stats-7d9f' }]) {
    assert.match(violationOf('SHARD', { SHARD: 'auto/4', ...env }).expected, /neither POD_NAME nor HOSTNAME/);
  }
});

test('given Kubernetes, when the configuration is read, then a stop waits 5 s for load balancers, unless told otherwise', () => {
  const kubernetes = { KUBERNETES_SERVICE_HOST: '10.96.0.1' };
  assert.equal(configOf(kubernetes).shutdownDelay, 5_000);
  assert.equal(configOf({ ...kubernetes, SHUTDOWN_DELAY: '0' }).shutdownDelay, 0);
  assert.equal(configOf({ SHUTDOWN_DELAY: '250ms' }).shutdownDelay, 250);
});

test("given the peer's REDIS_URL, when the configuration is read, then it is taken, and told once that it is not needed", () => {
  for (const REDIS_URL of ['redis:6379', 'redis://:secret@redis:6379/0']) {
    const parsed = parseConfig({ REDIS_URL, REDIS_PASSWORD: 'secret' });
    assert.ok('warnings' in parsed);
    assert.equal(parsed.warnings.length, 1);
    assert.match(parsed.warnings.join(), /REDIS_URL is set and not needed/);
  }
  assert.ok('violations' in parseConfig({ REDIS_URL: 'no redis' }));
});

test('given many wrong values, when the configuration is read, then all are named at once', () => {
  const violations = violationsOf({
    NODE_ENV: 'production',
    REST_PORT: 'x',
    READ_WAIT: 'x',
    KAFKA_TLS_CA_FILE: CA_FILE,
  });
  assert.deepEqual(
    violations.map((violation) => violation.variable),
    ['REST_PORT', 'READ_WAIT', 'BOOTSTRAP_SERVERS', 'KAFKA_TLS'],
  );
});

test('given wrong values that hold secrets, when the violations are printed, then the secrets are not', () => {
  const text = formatViolations(
    violationsOf({
      ADMIN_TOKEN: 'sec ret1',
      REDIS_URL: 'http://:secret2@redis',
      REDIS_PASSWORD: 'secret3',
      BASE_SERVICE_URL: 'http://user:secret4@atlas/api/',
    }),
  );
  assert.doesNotMatch(text, /sec ?ret\d/);
  assert.match(text, /ADMIN_TOKEN is "\*\*\*"; expected/);
  assert.match(text, /BASE_SERVICE_URL is "http:\/\/\*\*\*@atlas\/api\/"; expected/);
});

for (const [address, shown] of [
  ['ftp://user:secret/1@atlas/api/', 'ftp://***@atlas/api/'],
  ['http://atlas/api/?token=secret1', 'http://atlas/api/?***'],
  ['ftp://user:sec?ret1@atlas', 'ftp://***@'],
  ['ftp://atlas/?token=a@secret1', 'ftp://***@'],
  ['user:secret1@atlas', '***@atlas'],
  ['user:secret1@a:1,b:secret2@c', '***@c'],
] as const) {
  test(`symptom: a secret in an address that is refused, as in ${shown}, is printed`, () => {
    const [violation] = violationsOf({ BASE_SERVICE_URL: address });
    assert.equal(violation?.value, shown);
  });
}

test('given empty values, when the configuration is read, then they count as unset', () => {
  const empty = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, '']));
  assert.deepEqual(configOf(empty), configOf({}));
});

test('given a configuration, when somebody writes to it, then it throws', () => {
  const config = kafkaConfigOf({});
  assert.throws(() => Object.assign(config, { restPort: 1 }), TypeError);
  assert.throws(() => Object.assign(config.kafka.topics, { buff: 'x' }), TypeError);
});

test('given variables without effect, when the configuration is read, then it says so', () => {
  const parsed = parseConfig({ CLAMP_COMMANDS: 'on' });
  const warnings = 'warnings' in parsed ? parsed.warnings : [];
  assert.equal(warnings.length, 1);
  assert.match(warnings.join('\n'), /CLAMP_COMMANDS has no effect/);
});

test('given a collector, when the configuration is read, then all traces that begin here go there, or a share of them', () => {
  const traces = (env: Record<string, string>) => configOf({ TRACE_ENDPOINT: 'jaeger:4317', ...env }).traces;
  assert.deepEqual(traces({}), { endpoint: 'jaeger:4317', samplingRatio: 1 });
  assert.deepEqual(traces({ TRACE_SAMPLING_RATIO: '0.25' }), { endpoint: 'jaeger:4317', samplingRatio: 0.25 });
});

test('given the help, when it is read, then it names every variable and fits a terminal', () => {
  const help = helpText();
  for (const name of Object.keys(VARIABLES)) assert.ok(help.includes(`  ${name}`), name);
  assert.ok(help.split('\n').every((line) => line.length <= 120));
});

test('symptom: of twelve wrong variables only eight are named', () => {
  const wrong = {
    LOG_LEVEL: 'loud',
    REST_PORT: 'http',
    RULESET: 'none',
    EQUIPMENT_REQUIREMENTS: 'perhaps',
    BUFF_EXPIRY_GRACE: 'long',
    HTTP_CLIENT_TIMEOUT: 'long',
    UPSTREAM_CONCURRENCY: 'many',
    READ_WAIT: 'long',
    VISITOR_MAX: 'many',
    VISITOR_TTL: 'long',
    RESIDENT_IDLE_TTL: 'long',
    AUDIT_PERIOD: 'long',
  };
  const parsed = parseConfig(wrong);
  assert.ok('violations' in parsed);
  assert.deepEqual(parsed.violations.map(({ variable }) => variable).sort(), Object.keys(wrong).sort());
});

for (const [what, file, why] of [
  ['no such file', '/nowhere/ca.pem', 'ENOENT'],
  ['a directory', '/', 'EISDIR'],
  ['a file without certificates', fileURLToPath(import.meta.url), 'no certificate in it'],
] as const) {
  test(`symptom: a CA file that is ${what} is met only when the brokers are`, () => {
    const { expected, value } = violationOf('KAFKA_TLS_CA_FILE', {
      ...KAFKA,
      KAFKA_TLS: 'on',
      KAFKA_TLS_CA_FILE: file,
    });
    assert.ok(expected.includes(why), expected);
    assert.equal(value, file);
  });
}

for (const [name, value] of [
  ['BASE_SERVICE_URL', 'http://atlas/api/'],
  ['DATA_SERVICE_URL', 'http://atlas/api/'],
  ['EVENT_TOPIC_SESSION_STATUS', 'sessions'],
  ['KAFKA_CONSUMER_GROUP', 'stats'],
  ['BOOTSTRAP_SERVER', 'kafka:9092'],
  ['BOOTSTRAP_SEVRERS', 'kafka:9092'],
  ['BASE_SERVICES_URL', 'http://atlas/api/'],
  ['EVENT_TOPIC_SESION_STATUS', 'sessions'],
] as const) {
  test(`symptom: ${name} without brokers starts a demo by mistake`, () => {
    const { expected } = violationOf('BOOTSTRAP_SERVERS', { [name]: value });
    assert.ok(expected.includes(name), expected);
  });
}

for (const [name, meant] of [
  ['KAFKA_BROKERS', 'BOOTSTRAP_SERVERS'],
  ['PORT', 'REST_PORT'],
  ['log_level', 'LOG_LEVEL'],
  ['READ_WAITS', 'READ_WAIT'],
] as const) {
  test(`given ${name}, when the configuration is read, then a warning asks whether ${meant} is meant`, () => {
    const parsed = parseConfig({ [name]: 'x' });
    assert.ok('warnings' in parsed);
    assert.deepEqual(parsed.warnings, [`${name} means nothing here: is ${meant} meant, which is not set?`]);
  });
}

test("given what Atlas's and Kubernetes' manifests set, when the configuration is read, then nothing is warned of", () => {
  const parsed = parseConfig({
    ...KAFKA,
    BANS_SERVICE_URL: 'http://atlas/api/',
    MAPS_SERVICE_URL: 'http://atlas/api/',
    BUFFS_SERVICE_HOST: '10.0.0.1',
    SKILLS_SERVICE_PORT: '8080',
    NODE_NAME: 'node-1',
    HOST: 'x',
    EVENT_TOPIC_PET_STATUS: 'pets',
    npm_config_x: '1',
  });
  assert.deepEqual('warnings' in parsed && parsed.warnings, []);
});
