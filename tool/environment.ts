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
 * @param noBrokers what to say when no brokers are named
 * @throws UsageError that names every variable that is wrong
 */
export function kafkaConfig(
  env: Terminal['env'],
  noBrokers: string,
  given: Readonly<Record<string, string | undefined>> = {},
): KafkaConfig {
  if ((given['BOOTSTRAP_SERVERS'] ?? env['BOOTSTRAP_SERVERS'] ?? '') === '') throw new UsageError(noBrokers);
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const parsed = parseConfig({ ...env, ...Object.fromEntries(set) });
  if ('violations' in parsed) {
    // Here --help tells of the command.
    throw new UsageError(formatViolations(parsed.violations).replace('--help', 'effective-stats serve --help'));
  }
  if (parsed.config.mode !== 'kafka') throw new UsageError(noBrokers);
  return parsed.config;
}

export function connectionOf({ kafka: { brokers, tls, sasl } }: KafkaConfig): KafkaConnection {
  return {
    clientId: 'effective-stats-tool',
    bootstrapBrokers: [...brokers],
    ...(tls === undefined ? {} : { tls: tls.ca === undefined ? {} : { ca: tls.ca } }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}
