import { RULESET_NAMES } from '../domain/rulesets/index.ts';
import {
  anyText,
  durationBetween,
  headerWord,
  hostAndPort,
  hostAndPortList,
  integerBetween,
  oneOf,
  ratio,
  redisUrl,
  serviceUrl,
  topicName,
} from './parsers.ts';
import { rulesetOverrides } from './ruleset-overrides.ts';
import { SHARDS_MAX, shardSetting } from './shard.ts';
import { optional, type Variable, type VariableDocs, variable } from './variable.ts';

/** Go's level names and the levels of our logger. */
const LOG_LEVELS = {
  panic: 'fatal',
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  warning: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
} as const;

export type LogLevel = (typeof LOG_LEVELS)[keyof typeof LOG_LEVELS];

const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const TOPIC_EXPECTED = 'a topic name: 1 to 249 letters, digits, dots, dashes, underscores';
/** Deadlines run on timers, which end at 2^31 ms: 24.8 days. */
const LONGEST = 24 * 24 * HOUR;

/**
 * Every environment variable that the service knows, Atlas's and ours, with its default and what people are
 * told about it. The table in docs/reference/configuration.md is made from it. An empty value counts as unset.
 */
export const VARIABLES = {
  NODE_ENV: optional(
    {
      group: 'General',
      description: 'With `production`, a missing `BOOTSTRAP_SERVERS` is an error instead of a reason to run the demo.',
      expected: 'one of production, development, test',
    },
    oneOf(['production', 'development', 'test']),
  ),
  SERVICE_NAME: variable(
    {
      group: 'General',
      description: 'Name of the service in its logs and to the Kafka brokers.',
      expected: 'visible ASCII characters without blanks',
      default: 'effective-stats',
    },
    headerWord,
  ),
  LOG_LEVEL: variable(
    {
      group: 'General',
      description: 'Least severe level that is logged. The default logs no line per event or request.',
      expected: `one of ${Object.keys(LOG_LEVELS).join(', ')}`,
      default: 'info',
    },
    logLevel,
  ),
  ATLAS_ENVIRONMENT: optional(
    {
      group: 'General',
      description:
        'When set, events whose `ENVIRONMENT` header names another environment are skipped and counted. Unset: all are processed.',
      expected: 'visible ASCII characters without blanks',
    },
    headerWord,
  ),
  POD_NAME: optional(
    {
      group: 'General',
      description:
        'Name of this replica in `/api/debug/*` (with an ending that each start has of its own), and where `SHARD=auto/n` finds its ordinal. Unset: `HOSTNAME`, and without that `effective-stats` is the name.',
      expected: 'visible ASCII characters without blanks',
    },
    headerWord,
  ),
  HOSTNAME: optional(
    {
      group: 'General',
      description: 'Set by Kubernetes and Docker. See `POD_NAME`.',
      expected: 'visible ASCII characters without blanks',
    },
    headerWord,
  ),
  KUBERNETES_SERVICE_HOST: optional(
    {
      group: 'General',
      description: 'Set by Kubernetes in every pod. See `SHUTDOWN_DELAY`.',
      expected: 'any text',
    },
    anyText,
  ),
  SHUTDOWN_DELAY: optional(
    {
      group: 'General',
      description:
        'How long requests are still taken after a SIGTERM, while `/api/readyz` already says 503, so that load balancers turn away first. Unset: `5s` under Kubernetes, else `0`.',
      expected: 'a duration from 0 to 5m, such as 250ms, 10s or 1m30s',
    },
    durationBetween(0, 5 * MINUTE),
  ),
  REST_PORT: variable(
    {
      group: 'HTTP',
      description: 'TCP port of the HTTP server; 0 takes any free one.',
      expected: 'an integer from 0 to 65535',
      default: '8080',
    },
    integerBetween(0, 65_535),
  ),
  ADMIN_TOKEN: optional(
    {
      group: 'HTTP',
      description:
        'Bearer token for the POST routes of operators and for the payloads of dead letters. Unset: both are off.',
      expected: 'visible ASCII characters without blanks',
      secret: true,
    },
    headerWord,
  ),
  BOOTSTRAP_SERVERS: optional(
    {
      group: 'Kafka',
      description:
        'The brokers. Unset: the demo runs, without Kafka and on simulated upstream services; refused when another variable of Kafka, a topic or a service URL is set.',
      expected: 'host:port, or several separated by commas',
    },
    hostAndPortList,
  ),
  KAFKA_CONSUMER_GROUP: variable(
    {
      group: 'Kafka',
      description: 'Consumer group under which offsets are committed, for dashboards. It is not joined.',
      expected: 'a name',
      default: 'Effective Stats Service',
    },
    anyText,
  ),
  KAFKA_TLS: variable(
    {
      group: 'Kafka',
      description: 'Whether connections to the brokers are encrypted.',
      expected: 'on or off',
      default: 'off',
    },
    onOrOff,
  ),
  KAFKA_TLS_CA_FILE: optional(
    {
      group: 'Kafka',
      description:
        "PEM file with the certificate authorities that are trusted to sign the brokers' certificates. Unset: those that Node.js trusts.",
      expected: 'a readable PEM file with certificates, together with KAFKA_TLS=on',
    },
    anyText,
  ),
  KAFKA_SASL_MECHANISM: optional(
    {
      group: 'Kafka',
      description: 'How to authenticate to the brokers. Unset: not at all.',
      expected: `one of ${SASL_MECHANISMS.join(', ')}`,
    },
    oneOf(SASL_MECHANISMS),
  ),
  KAFKA_SASL_USERNAME: optional(
    {
      group: 'Kafka',
      description: 'User name for SASL.',
      expected: 'a name, together with KAFKA_SASL_MECHANISM',
    },
    anyText,
  ),
  KAFKA_SASL_PASSWORD: optional(
    {
      group: 'Kafka',
      description: 'Password for SASL.',
      expected: 'a password, together with KAFKA_SASL_MECHANISM',
      secret: true,
    },
    anyText,
  ),
  EVENT_TOPIC_SESSION_STATUS: topic('EVENT_TOPIC_SESSION_STATUS', 'Topic of the session events.'),
  EVENT_TOPIC_CHARACTER_BUFF_STATUS: topic('EVENT_TOPIC_CHARACTER_BUFF_STATUS', 'Topic of the buff events.'),
  EVENT_TOPIC_ASSET_STATUS: topic('EVENT_TOPIC_ASSET_STATUS', 'Topic of the asset events.'),
  EVENT_TOPIC_CHARACTER_STATUS: topic('EVENT_TOPIC_CHARACTER_STATUS', 'Topic of the character events.'),
  EVENT_TOPIC_SKILL_STATUS: topic('EVENT_TOPIC_SKILL_STATUS', 'Topic of the skill events.'),
  COMMAND_TOPIC_CHARACTER: topic('COMMAND_TOPIC_CHARACTER', 'Topic to which clamp commands are produced.'),
  BASE_SERVICE_URL: url('all upstream services that have no URL of their own'),
  CHARACTERS_SERVICE_URL: url('the character service'),
  INVENTORY_SERVICE_URL: url('the inventory service'),
  BUFFS_SERVICE_URL: url('the buff service'),
  SKILLS_SERVICE_URL: url('the skill service'),
  DATA_SERVICE_URL: url('the data service'),
  HTTP_CLIENT_TIMEOUT: duration(
    'Upstream services',
    'Deadline of each request to an upstream service.',
    '2s',
    [1, '1ms'],
    [10 * MINUTE, '10m'],
  ),
  UPSTREAM_CONCURRENCY: variable(
    {
      group: 'Upstream services',
      description: 'Reads in flight per upstream service at most, and connections to it, of this process.',
      expected: 'an integer from 2 to 1024',
      default: '64',
    },
    integerBetween(2, 1_024),
  ),
  RULESET: variable(
    {
      group: 'State and answers',
      description: 'How bonuses become effective stats.',
      expected: `one of ${RULESET_NAMES.join(', ')}`,
      default: 'atlas',
    },
    oneOf(RULESET_NAMES),
  ),
  RULESET_OVERRIDES: variable(
    {
      group: 'State and answers',
      description:
        'Rulesets of single tenants, by tenant id or by region and version: `<UUID>=<ruleset>` or `<region>/<major>.<minor>=<ruleset>`, separated by commas. The id wins. Example: `GMS/83.1=gms-v83`.',
      expected: `a list such as GMS/83.1=gms-v83, with rulesets from ${RULESET_NAMES.join(', ')}`,
      default: '',
    },
    rulesetOverrides,
  ),
  EQUIPMENT_REQUIREMENTS: variable(
    {
      group: 'State and answers',
      description: 'Whether gear that its wearer no longer qualifies for gives nothing.',
      expected: 'on or off',
      default: 'on',
    },
    onOrOff,
  ),
  BUFF_EXPIRY_GRACE: duration(
    'State and answers',
    "How long a buff still counts after its `expiresAt` when no EXPIRED came: a little over the buff service's sweep.",
    '15s',
    [0, '0'],
    [LONGEST, '576h'],
  ),
  CLAMP_COMMANDS: variable(
    {
      group: 'State and answers',
      description:
        'Whether a fall of MaxHP or MaxMP is commanded to the character service (`CLAMP_HP`, `CLAMP_MP`). With `off` nothing is produced.',
      expected: 'on or off',
      default: 'off',
    },
    onOrOff,
  ),
  READ_WAIT: duration(
    'State and answers',
    'How long a request waits at most for parts of a character that were never loaded.',
    '2s',
    [0, '0'],
    [MINUTE, '1m'],
  ),
  VISITOR_MAX: variable(
    {
      group: 'State and answers',
      description: 'Characters that are held at most only because somebody asked for them; beyond it the oldest goes.',
      expected: 'an integer from 1 to 10000000',
      default: '10000',
    },
    integerBetween(1, 10_000_000),
  ),
  VISITOR_TTL: duration(
    'State and answers',
    'How long a character is held that somebody asked for and that has no session.',
    '30s',
    [1, '1ms'],
    [LONGEST, '576h'],
  ),
  RESIDENT_IDLE_TTL: duration(
    'State and answers',
    'After how long without read or event a character with an open session is held like one that has none.',
    '24h',
    [1, '1ms'],
    [LONGEST, '576h'],
  ),
  STATIC_DATA_MAX: variable(
    {
      group: 'State and answers',
      description:
        'Skills and items whose game data are kept at most, of all tenants; beyond it those go that were not wanted for longest.',
      expected: 'an integer from 1000 to 10000000',
      default: '200000',
    },
    integerBetween(1_000, 10_000_000),
  ),
  AUDIT_PERIOD: duration(
    'State and answers',
    'Time in which everything held is re-read once, to find and repair drift.',
    '10m',
    [1, '1ms'],
    [LONGEST, '576h'],
  ),
  SHARD: optional(
    {
      group: 'State and answers',
      description:
        'Which part of all characters this process keeps as residents: shard k of n, counted from 0. `auto/n` takes k from the ordinal at the end of the pod name, modulo n. Unset: all. [Scale out](../guides/scale-out.md) says when.',
      expected: `k/n or auto/n, with 0 ≤ k < n ≤ ${SHARDS_MAX}, such as 0/4`,
    },
    shardSetting,
  ),
  REDIS_URL: optional(
    {
      group: 'State and answers',
      description: 'Accepted and not needed: replicas share nothing but Kafka.',
      expected: 'host:port or a redis:// URL',
      secret: true,
    },
    redisUrl,
  ),
  REDIS_PASSWORD: optional(
    { group: 'State and answers', description: 'As `REDIS_URL`.', expected: 'any text', secret: true },
    anyText,
  ),
  TRACE_ENDPOINT: optional(
    {
      group: 'Traces',
      description:
        'Collector that takes OTLP over gRPC, without TLS. Unset: no spans are made; `traceparent` is handed on all the same.',
      expected: 'host:port',
    },
    hostAndPort,
  ),
  TRACE_SAMPLING_RATIO: variable(
    {
      group: 'Traces',
      description: 'Share of the traces that begin here which is sampled. Others go on as their sender has decided.',
      expected: 'a number from 0 to 1',
      default: '1',
    },
    ratio,
  ),
};

/** What the variables say, by their names. */
export type Environment = {
  readonly [Name in keyof typeof VARIABLES]: (typeof VARIABLES)[Name] extends Variable<infer T> ? T : never;
};

function topic(name: string, description: string) {
  return variable({ group: 'Topics', description, expected: TOPIC_EXPECTED, default: name }, topicName);
}

function url(whose: string) {
  const expected = 'an http or https URL without user, query and fragment';
  return optional({ group: 'Upstream services', description: `Base URL of ${whose}.`, expected }, serviceUrl);
}

/** Bounds in ms, and as they would be written. */
function duration(
  group: VariableDocs['group'],
  description: string,
  fallback: string,
  [least, leastText]: readonly [number, string],
  [most, mostText]: readonly [number, string],
) {
  const expected = `a duration from ${leastText} to ${mostText}, such as 250ms, 10s or 1m30s`;
  return variable({ group, description, expected, default: fallback }, durationBetween(least, most));
}

function logLevel(text: string): LogLevel | undefined {
  const lower = text.toLowerCase();
  return Object.entries(LOG_LEVELS).find(([name]) => name === lower)?.[1];
}

function onOrOff(text: string): boolean | undefined {
  if (text !== 'on' && text !== 'off') return undefined;
  return text === 'on';
}
