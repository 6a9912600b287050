import { setTimeout as delay } from 'node:timers/promises';
import { printable, printableJson } from '../src/lib/printable.ts';
import { defineCommand, EXIT, Failure } from './command.ts';
import { openService, SERVICE_OPTIONS, type ServiceAccess } from './service.ts';
import { duration } from './values.ts';

const PAUSE_MS = 1_000;

export const watch = defineCommand({
  summary: 'Changes of stats as they come, until it is stopped.',
  words: '[character]',
  details: ['The character by id, or by the name of somebody who is held; everybody of the tenant when left out.'],
  options: {
    ...SERVICE_OPTIONS,
    world: { type: 'string', placeholder: 'WORLD', description: 'Only those who play in this one.' },
    for: {
      type: 'string',
      placeholder: 'DURATION',
      description: 'How long, such as 30s. Until it is stopped when left out.',
    },
  },
  async run({ values, words: [who] }, terminal) {
    const service = openService(values, terminal);
    const query = new URLSearchParams(values.world === undefined ? {} : { world: values.world });
    if (who !== undefined) query.set('character', (await service.character(who)).split('/').at(-1) ?? '');
    const ends = values.for === undefined ? [] : [AbortSignal.timeout(duration('--for', values.for))];
    const signal = AbortSignal.any([terminal.signal, ...ends]);
    const print = ({ event, data }: ServerEvent): void => {
      terminal.stdout.write(`${values.json === true ? jsonOf(event, data) : lineOf(event, data)}\n`);
    };
    await follow(service, `/api/effective-stats/changes?${query}`, signal, print, (why) =>
      terminal.stderr.write(`${why}; trying again\n`),
    );
    return EXIT.fine;
  },
});

interface ServerEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/** Goes on after an interruption from where it was. Rejects when the first connection cannot be made. */
async function follow(
  service: ServiceAccess,
  path: string,
  signal: AbortSignal,
  onEvent: (event: ServerEvent) => void,
  onBreak: (why: string) => void,
): Promise<void> {
  let lastId: string | undefined;
  let connected = false;
  while (!signal.aborted) {
    try {
      const headers = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
      const response = await service.open(path, { accept: 'text/event-stream', ...headers }, signal);
      connected = true;
      for await (const event of eventsIn(response)) {
        lastId = event.id ?? lastId;
        onEvent(event);
      }
      if (!signal.aborted) onBreak('The service has ended the stream');
    } catch (error) {
      if (signal.aborted) return;
      if (!connected) throw error;
      onBreak(error instanceof Failure ? error.message : 'The stream broke off');
    }
    await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The events of a stream of Server-Sent Events. */
async function* eventsIn(response: Response): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line));
      const field = (name: string) => fields.find((found) => found?.[1] === name)?.[2];
      const data = field('data');
      if (data !== undefined) yield { id: field('id'), event: field('event') ?? 'message', data };
    }
  }
}

interface Change {
  readonly at?: string;
  readonly characterId: number;
  readonly name?: string;
  readonly cause: { readonly kind: string; readonly type?: string; readonly part?: string };
  readonly stats: readonly { readonly statType: string; readonly from: number; readonly to: number }[];
  readonly degraded: readonly string[];
}

function jsonOf(event: string, data: string): string {
  return printableJson(JSON.stringify({ event, ...JSON.parse(data) }));
}

/** `18:00:10 Tristan (999)  max_hp 500 → 516 (+16)  event buff-applied` */
function lineOf(event: string, data: string): string {
  if (event === 'missed') {
    const { missed } = JSON.parse(data) as { missed: number | null };
    return `(${missed ?? 'some'} changes were missed)`;
  }
  const { at = '', characterId, name, cause, stats, degraded } = JSON.parse(data) as Change;
  const who = name === undefined ? String(characterId) : `${name} (${characterId})`;
  const moved = stats.map(
    ({ statType, from, to }) => `${statType} ${from} → ${to} (${to > from ? '+' : '−'}${Math.abs(to - from)})`,
  );
  const why = [cause.kind, cause.type ?? cause.part ?? ''].join(' ').trim();
  const doubt = degraded.length === 0 ? '' : `  degraded: ${degraded.join(', ')}`;
  return printable(`${at.slice(11, 19)} ${who}  ${moved.join(', ') || 'no number moved'}  ${why}${doubt}`);
}
