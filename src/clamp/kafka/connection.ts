import type { BaseOptions } from '@platformatic/kafka';

/** How to reach the brokers. */
export interface KafkaConnection {
  /** host:port each */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly tls?: object;
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
    username: string;
    password: string;
  };
}

const CONNECT_TIMEOUT_MS = 5_000;

/** As the client takes it. It repeats nothing by itself: whoever asked decides, and asks for the newest. */
export function clientOptionsOf({ brokers, clientId, tls, sasl }: KafkaConnection): BaseOptions {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    connectTimeout: CONNECT_TIMEOUT_MS,
    retries: 0,
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}
