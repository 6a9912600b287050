import type { RulesetName } from '../domain/rulesets/index.ts';
import type { Shard } from '../domain/shard.ts';
import type { Stream } from '../events/stream.ts';
import type { Service } from '../upstream/port.ts';
import { readCertificates } from './certificates.ts';
import { type NearName, nearNames } from './near-names.ts';
import type { RulesetOverrides } from './ruleset-overrides.ts';
import { type Environment, type LogLevel, type SaslMechanism, VARIABLES } from './schema.ts';
import { shardOf, shardSetting } from './shard.ts';
import type { Group } from './variable.ts';

/** All durations in ms. */
interface CommonConfig {
  readonly serviceName: string;
  readonly logLevel: LogLevel;
  /** Events that name another environment are skipped; undefined: none are. */
  readonly atlasEnvironment: string | undefined;
  /** Name of this replica, as its platform gives it; undefined: it gives none. */
  readonly podName: string | undefined;
  /** From the signal to stop until requests are no longer taken. */
  readonly shutdownDelay: number;
  readonly restPort: number;
  readonly adminToken: string | undefined;
  /** Where spans are sent; undefined: none are made. */
  readonly traces: { readonly endpoint: string; readonly samplingRatio: number } | undefined;
  readonly ruleset: RulesetName;
  readonly rulesetOverrides: RulesetOverrides;
  readonly checkRequirements: boolean;
  readonly buffExpiryGrace: number;
  readonly httpClientTimeout: number;
  /** Reads in flight per upstream service. */
  readonly upstreamConcurrency: number;
  readonly readWait: number;
  readonly visitorMax: number;
  readonly visitorTtl: number;
  readonly residentIdleTtl: number;
  readonly auditPeriod: number;
  readonly staticDataMax: number;
  /** Whose sessions make residents here; undefined: everybody's. */
  readonly shard: Shard | undefined;
}

/** One process on an in-process feed and simulated upstream services. */
export interface DemoConfig extends CommonConfig {
  readonly mode: 'demo';
}

export interface KafkaConfig extends CommonConfig {
  readonly mode: 'kafka';
  readonly kafka: {
    /** host:port each */
    readonly brokers: readonly string[];
    readonly groupId: string;
    readonly topics: Readonly<Record<Stream, string>>;
    /** `ca`: certificates in PEM; undefined: those that Node.js trusts. undefined as a whole: no encryption. */
    readonly tls: { readonly ca: string | undefined } | undefined;
    readonly sasl:
      | { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string }
      | undefined;
  };
  /** With trailing slash. */
  readonly serviceUrls: Readonly<Record<Service, string>>;
  /** The variable that each URL comes from. */
  readonly serviceUrlVariables: Readonly<Record<Service, string>>;
  /** Topic of the clamp commands; undefined: nothing is produced. */
  readonly commandTopic: string | undefined;
}

export type Config = DemoConfig | KafkaConfig;

/** Something that the operator set and the service cannot work with. */
export interface Violation {
  readonly variable: string;
  /** As set, secrets masked; undefined: not set. */
  readonly value: string | undefined;
  /** To follow the word "expected". */
  readonly expected: string;
}

export type ParsedConfig =
  /** Deeply frozen. The warnings are to be logged at start. */
  { readonly config: Config; readonly warnings: readonly string[] } | { readonly violations: readonly Violation[] };

/** The variables as set; empty values count as unset, as in Kubernetes manifests. */
type SetVariables = Readonly<Record<string, string>>;

const URL_OF_SERVICE = {
  characters: 'CHARACTERS_SERVICE_URL',
  inventory: 'INVENTORY_SERVICE_URL',
  buffs: 'BUFFS_SERVICE_URL',
  skills: 'SKILLS_SERVICE_URL',
  data: 'DATA_SERVICE_URL',
} as const satisfies Record<Service, keyof Environment>;

const URL_NAMES = Object.values(URL_OF_SERVICE);
const SASL_NAMES = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const;

/** Variables of the real thing. Without brokers they mean that the brokers were forgotten, not that a demo is wanted. */
const REAL_NAMES: readonly string[] = ['BASE_SERVICE_URL', ...URL_NAMES, ...namesIn('Kafka'), ...namesIn('Topics')];

/**
 * Reads the configuration from environment variables, and the files that they name; never throws, finds every violation at
 * once.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): ParsedConfig {
  const { environment, set, refused } = read(env);
  const near = nearNames(env, Object.keys(VARIABLES));
  const ca = set.KAFKA_TLS_CA_FILE === undefined ? undefined : readCertificates(set.KAFKA_TLS_CA_FILE);
  const unreadable =
    ca !== undefined && 'expected' in ca
      ? [{ variable: 'KAFKA_TLS_CA_FILE', value: set.KAFKA_TLS_CA_FILE, expected: ca.expected }]
      : [];
  const violations = [...refused, ...unreadable, ...contradictions(set, near)];
  if (violations.length > 0) return { violations };
  const certificates = ca !== undefined && 'pem' in ca ? ca.pem : undefined;
  return {
    config: deepFreeze(configOf(environment, certificates)),
    warnings: [...nearWarnings(near), ...warningsOf(environment)],
  };
}

function namesIn(group: Group): string[] {
  return Object.entries(VARIABLES)
    .filter(([, { docs }]) => docs.group === group)
    .map(([name]) => name);
}

function nearWarnings(near: readonly NearName[]): string[] {
  return near.map(({ name, meant }) => `${name} means nothing here: is ${meant} meant, which is not set?`);
}

/** One line per violation. */
export function formatViolations(violations: readonly Violation[]): string {
  const lines = violations.map(({ variable, value, expected }) => {
    const given = value === undefined ? 'is not set' : `is ${JSON.stringify(value)}`;
    return `  ${variable} ${given}; expected ${expected}`;
  });
  return ['The configuration is not valid:', ...lines, 'Run with --help for all variables.'].join('\n');
}

/** Every variable's value, as set or by default. With a refusal the environment lacks what was refused. */
function read(env: Readonly<Record<string, string | undefined>>): {
  environment: Environment;
  set: SetVariables;
  refused: Violation[];
} {
  const values: Record<string, unknown> = {};
  const set: Record<string, string> = {};
  const refused: Violation[] = [];
  for (const [name, { docs, parse }] of Object.entries(VARIABLES)) {
    const given = env[name] ?? '';
    if (given !== '') set[name] = given;
    const text = given === '' ? docs.default : given;
    if (text === undefined) continue;
    values[name] = parse(text);
    if (values[name] !== undefined) continue;
    const value = docs.secret === true ? '***' : withoutCredentials(set[name]);
    refused.push({ variable: name, value, expected: docs.expected });
  }
  return { environment: values as Environment, set, refused };
}

/** So that a password or a token in an address that is refused does not reach the log. Rather too much goes than too little. */
function withoutCredentials(text: string | undefined): string | undefined {
  const credentials = text?.includes('?') ? /^(\w+:\/\/)?.*@.*$/s : /^(\w+:\/\/)?.*@/s;
  return text?.replace(credentials, '$1***@').replace(/\?.*$/s, '?***');
}

/** What is wrong between variables rather than in one. */
function contradictions(set: SetVariables, near: readonly NearName[]): Violation[] {
  const violations: Violation[] = [];
  const demand = (variable: keyof Environment, expected: string): void => {
    if (set[variable] === undefined) violations.push({ variable, value: undefined, expected });
  };
  const without = URL_NAMES.filter((name) => set[name] === undefined);
  if (set.BOOTSTRAP_SERVERS !== undefined && without.length > 0) {
    demand(
      'BASE_SERVICE_URL',
      `a URL, because BOOTSTRAP_SERVERS is set and these have none of their own: ${without.join(', ')}`,
    );
  }
  if (set.NODE_ENV === 'production') {
    demand('BOOTSTRAP_SERVERS', 'the brokers, because NODE_ENV is production: the demo is not for production');
  } else {
    const slips = near.filter(({ meant, isSlip }) => isSlip && REAL_NAMES.includes(meant)).map(({ name }) => name);
    const real = [...REAL_NAMES.filter((name) => set[name] !== undefined), ...slips];
    if (real.length > 0) {
      demand('BOOTSTRAP_SERVERS', `the brokers, because of ${real.join(', ')}: for the demo, leave all of these out`);
    }
  }
  if (set.KAFKA_TLS_CA_FILE !== undefined && set.KAFKA_TLS !== 'on') {
    violations.push({
      variable: 'KAFKA_TLS',
      value: set.KAFKA_TLS,
      expected: 'on, because KAFKA_TLS_CA_FILE is set',
    });
  }
  const shard = set.SHARD === undefined ? undefined : shardSetting(set.SHARD);
  if (shard !== undefined && shardOf(shard, podNameOf(set)) === undefined) {
    const expected = 'k/n, because neither POD_NAME nor HOSTNAME ends in an ordinal, as in effective-stats-0';
    violations.push({ variable: 'SHARD', value: set.SHARD, expected });
  }
  const sasl = SASL_NAMES.filter((name) => set[name] !== undefined);
  if (sasl.length > 0) {
    for (const name of SASL_NAMES) demand(name, `a value, to go with ${sasl.join(' and ')}`);
  }
  return violations;
}

function podNameOf({ POD_NAME, HOSTNAME }: Partial<Pick<Environment, 'POD_NAME' | 'HOSTNAME'>>): string | undefined {
  return POD_NAME ?? HOSTNAME;
}

function warningsOf(environment: Environment): string[] {
  const warnings: string[] = [];
  if (environment.REDIS_URL !== undefined) {
    warnings.push(
      'REDIS_URL is set and not needed: replicas share nothing but Kafka, so any number may run without Redis',
    );
  }
  if (environment.CLAMP_COMMANDS && environment.BOOTSTRAP_SERVERS === undefined) {
    warnings.push('CLAMP_COMMANDS has no effect in the demo: there is no Kafka to produce to');
  }
  return warnings;
}

function configOf(environment: Environment, certificates: string | undefined): Config {
  const common: CommonConfig = {
    serviceName: environment.SERVICE_NAME,
    logLevel: environment.LOG_LEVEL,
    atlasEnvironment: environment.ATLAS_ENVIRONMENT,
    podName: podNameOf(environment),
    shutdownDelay: environment.SHUTDOWN_DELAY ?? (environment.KUBERNETES_SERVICE_HOST === undefined ? 0 : 5_000),
    restPort: environment.REST_PORT,
    adminToken: environment.ADMIN_TOKEN,
    traces:
      environment.TRACE_ENDPOINT === undefined
        ? undefined
        : { endpoint: environment.TRACE_ENDPOINT, samplingRatio: environment.TRACE_SAMPLING_RATIO },
    ruleset: environment.RULESET,
    rulesetOverrides: environment.RULESET_OVERRIDES,
    checkRequirements: environment.EQUIPMENT_REQUIREMENTS,
    buffExpiryGrace: environment.BUFF_EXPIRY_GRACE,
    httpClientTimeout: environment.HTTP_CLIENT_TIMEOUT,
    upstreamConcurrency: environment.UPSTREAM_CONCURRENCY,
    readWait: environment.READ_WAIT,
    visitorMax: environment.VISITOR_MAX,
    staticDataMax: environment.STATIC_DATA_MAX,
    visitorTtl: environment.VISITOR_TTL,
    residentIdleTtl: environment.RESIDENT_IDLE_TTL,
    auditPeriod: environment.AUDIT_PERIOD,
    shard: environment.SHARD && shardOf(environment.SHARD, podNameOf(environment)),
  };
  const brokers = environment.BOOTSTRAP_SERVERS;
  if (brokers === undefined) return { mode: 'demo', ...common };
  return {
    mode: 'kafka',
    ...common,
    kafka: kafkaOf(environment, brokers, certificates),
    serviceUrls: serviceUrlsOf(environment),
    serviceUrlVariables: serviceUrlVariablesOf(environment),
    commandTopic: environment.CLAMP_COMMANDS ? environment.COMMAND_TOPIC_CHARACTER : undefined,
  };
}

/** The variable that names each stream's topic. */
export const TOPIC_VARIABLES = {
  session: 'EVENT_TOPIC_SESSION_STATUS',
  buff: 'EVENT_TOPIC_CHARACTER_BUFF_STATUS',
  asset: 'EVENT_TOPIC_ASSET_STATUS',
  character: 'EVENT_TOPIC_CHARACTER_STATUS',
  skill: 'EVENT_TOPIC_SKILL_STATUS',
} as const satisfies Record<Stream, keyof Environment>;

function kafkaOf(
  environment: Environment,
  brokers: readonly string[],
  certificates: string | undefined,
): KafkaConfig['kafka'] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = environment;
  const complete = mechanism !== undefined && username !== undefined && password !== undefined;
  return {
    brokers,
    groupId: environment.KAFKA_CONSUMER_GROUP,
    topics: {
      session: environment[TOPIC_VARIABLES.session],
      buff: environment[TOPIC_VARIABLES.buff],
      asset: environment[TOPIC_VARIABLES.asset],
      character: environment[TOPIC_VARIABLES.character],
      skill: environment[TOPIC_VARIABLES.skill],
    },
    tls: environment.KAFKA_TLS ? { ca: certificates } : undefined,
    sasl: complete ? { mechanism, username, password } : undefined,
  };
}

function serviceUrlsOf(environment: Environment): KafkaConfig['serviceUrls'] {
  const urlOf = (service: Service): string => {
    const url = environment[URL_OF_SERVICE[service]] ?? environment.BASE_SERVICE_URL;
    // contradictions() has refused that before.
    if (url === undefined) throw new TypeError(`no URL for the ${service} service`);
    return url;
  };
  return {
    characters: urlOf('characters'),
    inventory: urlOf('inventory'),
    buffs: urlOf('buffs'),
    skills: urlOf('skills'),
    data: urlOf('data'),
  };
}

function serviceUrlVariablesOf(environment: Environment): KafkaConfig['serviceUrlVariables'] {
  const variableOf = (service: Service): string =>
    environment[URL_OF_SERVICE[service]] === undefined ? 'BASE_SERVICE_URL' : URL_OF_SERVICE[service];
  return {
    characters: variableOf('characters'),
    inventory: variableOf('inventory'),
    buffs: variableOf('buffs'),
    skills: variableOf('skills'),
    data: variableOf('data'),
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
