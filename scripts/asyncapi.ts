import { CLAMP_COMMAND, DOCUMENTED_EVENTS, DOCUMENTED_HEADERS, TOPIC_VARIABLE } from '../src/events/event-schemas.ts';
import { STREAMS, type Stream } from '../src/events/stream.ts';
import { version } from '../src/lib/version.ts';

const COMMAND_TOPIC = 'COMMAND_TOPIC_CHARACTER';

/** AsyncAPI 3: what the service receives and sends on Kafka, from the schemas that the docs are made from. */
export function describeEvents(): object {
  const messages = [...DOCUMENTED_EVENTS, CLAMP_COMMAND];
  return {
    asyncapi: '3.0.0',
    id: 'urn:effective-stats',
    info: {
      title: 'effective-stats',
      version,
      description:
        'Events of a game world that effective stats are kept right by, and the commands that follow from them.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      tags: [{ name: 'stats', description: 'Effective stats of characters.' }],
    },
    defaultContentType: 'application/json',
    servers: {
      kafka: {
        host: 'kafka:9092',
        protocol: 'kafka',
        description:
          'The brokers of BOOTSTRAP_SERVERS. Who the service is, KAFKA_SASL_MECHANISM tells; without it, it is nobody.',
        security: SECURITY,
      },
    },
    channels: {
      ...Object.fromEntries(STREAMS.map((stream) => [stream, channelOf(stream)])),
      command: {
        address: COMMAND_TOPIC,
        title: 'Commands to the character service',
        description: `Topic of the variable ${COMMAND_TOPIC}; only with CLAMP_COMMANDS=on.`,
        messages: messageRefs([CLAMP_COMMAND.name], 'components'),
      },
    },
    operations: {
      ...Object.fromEntries(STREAMS.map((stream) => [`receive${capital(stream)}`, receiving(stream)])),
      sendCommand: {
        action: 'send',
        security: SECURITY,
        channel: ref('channels/command'),
        summary: 'Command the character service to lower HP or MP.',
        messages: [ref(`channels/command/messages/${CLAMP_COMMAND.name}`)],
      },
    },
    components: {
      securitySchemes: {
        plain: { type: 'plain', description: 'KAFKA_SASL_MECHANISM=PLAIN' },
        scramSha256: { type: 'scramSha256', description: 'KAFKA_SASL_MECHANISM=SCRAM-SHA-256' },
        scramSha512: { type: 'scramSha512', description: 'KAFKA_SASL_MECHANISM=SCRAM-SHA-512' },
      },
      messages: Object.fromEntries(
        messages.map(({ name, summary, example }) => [
          name,
          {
            name,
            title: name,
            summary,
            contentType: 'application/json',
            headers: ref('components/schemas/Headers'),
            payload: ref(`components/schemas/${name}`),
            bindings: { kafka: { key: KEY, bindingVersion: '0.5.0' } },
            examples: [{ name, headers: exampleHeaders(), payload: example }],
          },
        ]),
      ),
      schemas: { Headers: HEADERS, ...Object.fromEntries(messages.map(({ name, schema }) => [name, schema])) },
    },
  };
}

const SECURITY = ['plain', 'scramSha256', 'scramSha512'].map((name) => ref(`components/securitySchemes/${name}`));

const KEY = {
  type: 'string',
  description: '8 bytes: the character id (asset topic: the asset id) as uint32, little-endian, and 4 zero bytes.',
};

const HEADERS = {
  type: 'object',
  required: DOCUMENTED_HEADERS.filter(({ required }) => required).map(({ name }) => name),
  properties: Object.fromEntries(
    DOCUMENTED_HEADERS.map(({ name, encoding, bytes }) => [
      name,
      { type: 'string', description: `${encoding}. The bytes of the example: ${bytes.toString('hex')}.` },
    ]),
  ),
};

function exampleHeaders(): Record<string, string> {
  return Object.fromEntries(
    DOCUMENTED_HEADERS.filter(({ required }) => required).map(({ name, bytes }) => [name, bytes.toString('latin1')]),
  );
}

function channelOf(stream: Stream): object {
  const address = TOPIC_VARIABLE[stream];
  return {
    address,
    title: `${capital(stream)} events`,
    description: `Topic of the variable ${address}. Further types may come on it, and are skipped.`,
    messages: messageRefs(namesOf(stream), 'components'),
  };
}

function receiving(stream: Stream): object {
  return {
    action: 'receive',
    security: SECURITY,
    channel: ref(`channels/${stream}`),
    summary: `Keep characters right by ${stream} events.`,
    messages: namesOf(stream).map((name) => ref(`channels/${stream}/messages/${name}`)),
  };
}

function namesOf(stream: Stream): string[] {
  return DOCUMENTED_EVENTS.filter((event) => event.stream === stream).map(({ name }) => name);
}

function messageRefs(names: readonly string[], where: string): object {
  return Object.fromEntries(names.map((name) => [name, ref(`${where}/messages/${name}`)]));
}

function ref(path: string): { $ref: string } {
  return { $ref: `#/${path}` };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
