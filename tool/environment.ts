import type { SASLOptions } from '@platformatic/kafka';
import { formatViolations, type KafkaConfig, parseConfig } from '../src/config/config.ts';
import { type Terminal, UsageError } from './command.ts';

/** What a Kafka client needs, as the service would have it from the same variables. */
export interface KafkaConnection {
  readonly clientId: string;
  readonly bootstrapBrokers: string[];
  readonly tls?: { readonly ca?: string };
  readonly sasl?: SASLOptions;
}

/**
 * The service's configuration for real brokers, from its own variables.
 *
 * @throws UsageError that names every variable that is wrong
 */
export function kafkaConfig(
  env: Terminal['env'],
  given: Readonly<Record<string, string | undefined>> = {},
): KafkaConfig {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const parsed = parseConfig({ ...env, ...Object.fromEntries(set) });
  if ('violations' in parsed) throw new UsageError(formatViolations(parsed.violations));
  if (parsed.config.mode === 'kafka') return parsed.config;
  throw new UsageError(
    'BOOTSTRAP_SERVERS is not set; expected the Kafka brokers, host:port, or several separated by commas',
  );
}

export function connectionOf({ kafka: { brokers, tls, sasl } }: KafkaConfig): KafkaConnection {
  return {
    clientId: 'effective-stats-tool',
    bootstrapBrokers: [...brokers],
    ...(tls === undefined ? {} : { tls: tls.ca === undefined ? {} : { ca: tls.ca } }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}
