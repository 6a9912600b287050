import type { Producer } from '@platformatic/kafka';
import { loadKafka } from '../../lib/kafka-library.ts';
import { recordHeadersOf } from '../../wire/tenant-headers.ts';
import type { ClampCommand, CommandProducer } from '../clamp-command.ts';
import { clientOptionsOf, type KafkaConnection } from './connection.ts';

export interface KafkaCommandProducerOptions {
  readonly connection: KafkaConnection;
  readonly topic: string;
  /** A fresh UUID each time. */
  readonly uuid: () => string;
}

const REQUEST_TIMEOUT_MS = 5_000;

/** Produces clamp commands to Kafka as Atlas's services write them (docs/reference/events.md). Connects at the first command. */
export function createKafkaCommandProducer({ connection, topic, uuid }: KafkaCommandProducerOptions): CommandProducer {
  let opened: Promise<Producer> | undefined;

  const open = async (): Promise<Producer> => {
    const { Producer: KafkaProducer } = await loadKafka();
    return new KafkaProducer({ ...clientOptionsOf(connection), requestTimeout: REQUEST_TIMEOUT_MS });
  };

  return {
    async send(commands) {
      const messages = commands.map((command) => ({ topic, ...encodeClampCommand(command, uuid()) }));
      opened ??= open();
      const opening = opened;
      try {
        await (await opening).send({ messages, acks: -1 });
      } catch (error) {
        // Opened anew after a failure: leaders and addresses are looked up again.
        if (opened === opening) opened = undefined;
        opening.then((producer) => producer.close()).catch(() => undefined);
        throw error;
      }
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
  const headers = new Map(recordHeadersOf(tenant));
  if (context?.traceparent !== undefined) headers.set(Buffer.from('traceparent'), Buffer.from(context.traceparent));
  if (context?.environment !== undefined) headers.set(Buffer.from('ENVIRONMENT'), Buffer.from(context.environment));
  return { key, value, headers };
}
