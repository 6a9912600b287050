import { readFile } from 'node:fs/promises';
import { parseConfig } from '../src/config/config.ts';
import { createInProcessFeed, type PublishedRecord } from '../src/ingest/in-process/in-process-feed.ts';
import { createHttpUpstream } from '../src/upstream/http/http-upstream.ts';
import { defineCommand, EXIT, Failure, type Terminal, UsageError } from './command.ts';
import { fileTrouble } from './file-trouble.ts';
import { createProgressBar } from './progress-bar.ts';
import { RECORDED_ADDRESSES, recordedServices } from './recorded-services.ts';
import { ASK_MS, numbersIn, type RecordedEvent, type Recording, readRecording } from './recording.ts';
import { openService } from './service.ts';
import { silentLogger } from './silent-logger.ts';
import { startVirtualTime } from './virtual-time.ts';

/** Longer than the service takes to confirm what it has heard. */
const SETTLE_MS = 3_000;

interface Outcome {
  readonly characterId: number;
  readonly replayed: Readonly<Record<string, number>> | undefined;
  /** By who answered. */
  readonly recorded: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Attributes in which what is replayed is not what the recorder had. */
  readonly differs: readonly string[];
}

export const replay = defineCommand({
  summary:
    'Do again what was recorded, in a fresh service, and compare the numbers: how a wrong one is kept as a test.',
  words: '<file>',
  details: [
    'Events come at the times at which they came, services answer what they answered, and all time is that of the',
    'recording: the same file gives the same numbers, within moments. Exits with 1 when they are not those that the',
    'recorder had.',
  ],
  options: {},
  async run({ values, words: [file = ''] }, terminal) {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new UsageError(fileTrouble(file, error));
    });
    const outcomes = await replayed(readRecording(file, text), terminal);
    const wrong = outcomes.some(({ differs }) => differs.length > 0);
    if (values.json === true)
      terminal.stdout.write(`${JSON.stringify({ same: !wrong, characters: outcomes }, undefined, 2)}\n`);
    else for (const outcome of outcomes) terminal.stdout.write(`${textOf(outcome)}\n`);
    return wrong ? EXIT.wrong : EXIT.fine;
  },
});

/**
 * In a process of its own, because all of its timers follow the recording's time: what comes out depends on the file and on
 * this version alone, and takes moments.
 */
async function replayed(recording: Recording, terminal: Terminal): Promise<Outcome[]> {
  const { head, events, answers, stats } = recording;
  // A question that waits would wait for time to pass, which waits for the question.
  const parsed = parseConfig({ ...head.settings, REST_PORT: '0', READ_WAIT: '0' });
  if ('violations' in parsed) throw new Failure('The settings of the recording are not valid in this version.');
  const { createApp } = await import('../src/app.ts');
  const time = startVirtualTime(head.at);
  const { clock } = time;
  const feed = createInProcessFeed(clock);
  const connect = recordedServices(answers, clock);
  const app = createApp(parsed.config, {
    clock,
    random: () => 0.5,
    logger: silentLogger,
    feed,
    addresses: RECORDED_ADDRESSES,
    createUpstream: (options) => createHttpUpstream({ ...options, connect }),
  });
  try {
    const service = openService({ url: await app.start(), tenant: head.tenant }, terminal);
    /** By character; undefined: nothing can be answered. */
    const ask = async (): Promise<Map<number, Outcome['replayed']>> => {
      const asked = new Map<number, Outcome['replayed']>();
      for (const id of head.characters) {
        await time.settle();
        asked.set(
          id,
          await service.text(`/api/worlds/0/channels/0/characters/${id}/stats`).then(numbersIn, () => undefined),
        );
      }
      await time.settle();
      return asked;
    };
    const ends = Math.max(head.at, ...stats.map(({ at }) => at), ...events.map(({ at }) => at + SETTLE_MS));
    // As the recorder asks, so that nobody is forgotten.
    const asks = Array.from({ length: Math.ceil((ends - head.at) / ASK_MS) }, (_, nth) => head.at + nth * ASK_MS);
    const bar = createProgressBar(events.length);
    let published = 0;
    for (const at of [...asks, ends]) {
      for (let event = events[published]; event !== undefined && event.at <= at; event = events[published]) {
        await time.passTo(event.at);
        await feed.publish(recordOf(event));
        published += 1;
        bar.update(published, 'events');
      }
      await time.passTo(at);
      if (terminal.signal.aborted) break;
      if (at < ends) await ask();
    }
    bar.stop();
    const answered = await ask();
    return head.characters.map((characterId) => outcomeOf(recording, characterId, answered.get(characterId)));
  } finally {
    time.end();
    await app.stop();
  }
}

function recordOf({ stream, headers, value, timestamp }: RecordedEvent): PublishedRecord {
  return {
    stream,
    key: Buffer.alloc(8),
    headers: headers.map(([name, bytes]) => [Buffer.from(name), Buffer.from(bytes, 'base64')] as const),
    value: Buffer.from(JSON.stringify(value)),
    timestamp,
  };
}

function outcomeOf({ stats }: Recording, characterId: number, replayed: Outcome['replayed']): Outcome {
  const own = stats.filter((one) => one.characterId === characterId);
  const recorded = Object.fromEntries(own.map((one) => [one.by, one.stats]));
  const expected = recorded['recorder'] ?? {};
  const differs = Object.keys(expected).filter((attribute) => expected[attribute] !== replayed?.[attribute]);
  return { characterId, replayed, recorded, differs };
}

function textOf({ characterId, replayed, recorded, differs }: Outcome): string {
  const lines = differs.map(
    (attribute) =>
      `  ${attribute}: ${replayed?.[attribute] ?? 'no answer'}, recorded ${recorded['recorder']?.[attribute]}`,
  );
  const service = Object.entries(recorded['service'] ?? {}).filter(
    ([attribute, value]) => replayed?.[attribute] !== value,
  );
  for (const [attribute, value] of service) {
    lines.push(`  ${attribute}: ${replayed?.[attribute] ?? 'no answer'}, the running service answered ${value}`);
  }
  return [`${characterId}: ${differs.length === 0 ? 'as recorded' : 'not as recorded'}`, ...lines].join('\n');
}
