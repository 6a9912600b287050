import type { Producer } from '@platformatic/kafka';
import type { ClampCommand, CommandProducer } from '../clamp-command.ts';

export interface KafkaCommandProducerOptions {
  /** host:port each */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly clientId: string;
  /** A fresh UUID each time. */
  readonly uuid: () => string;
  readonly tls?: object;
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
    username: string;
    password: string;
  };
}

const REQUEST_TIMEOUT_MS = 5_000;

/** Produces clamp commands to Kafka as Atlas's services write them (contract §1). Connects at the first command. */
export function createKafkaCommandProducer(options: KafkaCommandProducerOptions): CommandProducer {
  const { topic, clientId, brokers, uuid } = options;
  let opened: Promise<Producer> | undefined;

  const open = async (): Promise<Producer> => {
    const { Producer: KafkaProducer } = await import('@platformatic/kafka');
    return new KafkaProducer({
      clientId,
      bootstrapBrokers: [...brokers],
      connectTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      retries: 0,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
    });
  };

  return {
    async send(command) {
      // Opened anew after a failure.
      opened ??= open().catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      const producer = await opened;
      const { key, value, headers } = encodeClampCommand(command, uuid());
      await producer.send({ messages: [{ topic, key, value, headers }], acks: -1 });
    },
    async close() {
      if (opened !== undefined) await (await opened).close();
    },
  };
}

export function encodeClampCommand(command: ClampCommand, transactionId: string) {
  const { tenant, characterId, worldId, channelId, type, maxValue, context } = command;
  const body = { channelId, maxValue };
  const value = Buffer.from(JSON.stringify({ transactionId, worldId, characterId, type, body }));
  const key = Buffer.alloc(8);
  key.writeUInt32LE(characterId);
  const headers = new Map<Buffer, Buffer>([
    [Buffer.from('TENANT_ID'), Buffer.from(tenant.id)],
    [Buffer.from('REGION'), Buffer.from(tenant.region)],
    [Buffer.from('MAJOR_VERSION'), uint16(tenant.majorVersion)],
    [Buffer.from('MINOR_VERSION'), uint16(tenant.minorVersion)],
  ]);
  if (context?.traceparent !== undefined) headers.set(Buffer.from('traceparent'), Buffer.from(context.traceparent));
  if (context?.environment !== undefined) headers.set(Buffer.from('ENVIRONMENT'), Buffer.from(context.environment));
  return { key, value, headers };
}

function uint16(version: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(version);
  return bytes;
}
