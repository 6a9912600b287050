import {
  CLAMP_COMMAND,
  DOCUMENTED_EVENTS,
  DOCUMENTED_HEADERS,
  type DocumentedEvent,
  TOPIC_VARIABLE,
} from '../src/events/event-schemas.ts';
import { STREAMS } from '../src/events/stream.ts';

/** What docs/reference/events.md tells of headers and events, as Markdown. */
export function eventTables(): string {
  const rows = DOCUMENTED_HEADERS.map(({ name, required, encoding, example, bytes }) => {
    const hex = bytes.toString('hex').replaceAll(/..(?=.)/g, '$& ');
    return `| \`${name}\` | ${required ? 'yes' : 'no'} | ${encoding} | \`${example}\` | \`${hex}\` |`;
  });
  const headers = ['| Header | Needed | Encoding | Example | Its bytes |', '|---|---|---|---|---|', ...rows].join('\n');
  const topics = STREAMS.map((stream) => {
    const events = DOCUMENTED_EVENTS.filter((event) => event.stream === stream).map(sectionOf);
    return [`## \`${TOPIC_VARIABLE[stream]}\``, ...events].join('\n\n');
  });
  const command = [
    '## `COMMAND_TOPIC_CHARACTER`',
    'What the service itself produces, with `CLAMP_COMMANDS=on`, with the headers of the tenant and the key of the character.',
    `### ${spaced(CLAMP_COMMAND.name)}`,
    `\`${CLAMP_COMMAND.types.join('`, `')}\`. ${CLAMP_COMMAND.summary}`,
    exampleOf(CLAMP_COMMAND.example),
  ];
  return ['## Headers', headers, ...topics, ...command].join('\n\n');
}

function sectionOf({ name, types, summary, effect, example }: DocumentedEvent): string {
  const named = types.map((type) => `\`${type}\``).join(', ');
  return [`### ${spaced(name)}`, `${named}. ${summary} ${effect}`, exampleOf(example)].join('\n\n');
}

function spaced(name: string): string {
  const words = name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words;
}

function exampleOf(example: object): string {
  return `\`\`\`json event\n${JSON.stringify(example, undefined, 1)
    .replaceAll(/\n\s*/g, ' ')
    .replaceAll(/([{[]) | ([}\]])/g, '$1$2')
    .replace(/, "body"/, ',\n "body"')}\n\`\`\``;
}
