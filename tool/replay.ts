import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseConfig } from '../src/config/config.ts';
import { createInProcessFeed } from '../src/ingest/in-process/in-process-feed.ts';
import { type Clock, systemClock } from '../src/lib/clock.ts';
import { mapServices } from '../src/upstream/port.ts';
import { defineCommand, EXIT, Failure, type Terminal, UsageError } from './command.ts';
import { fileTrouble } from './file-trouble.ts';
import { createProgressBar } from './progress-bar.ts';
import { numbersIn, type RecordedAnswer, type Recording, readRecording } from './recording.ts';
import { openService } from './service.ts';
import { silentLogger } from './silent-logger.ts';

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
    'Events come at the times at which they came, services answer what they answered, and the clock is that of the',
    'recording. It takes as long as the recording did. Exits with 1 when other numbers come out than the recorder had.',
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

async function replayed(recording: Recording, terminal: Terminal): Promise<Outcome[]> {
  const { head, events, answers, stats } = recording;
  const parsed = parseConfig({ ...head.settings, REST_PORT: '0' });
  if ('violations' in parsed) throw new Failure('The settings of the recording are not valid in this version.');
  const shift = head.at - systemClock.now();
  const clock: Clock = { now: () => systemClock.now() + shift, mono: systemClock.mono };
  const { createApp } = await import('../src/app.ts');
  const feed = createInProcessFeed(clock);
  const services = await startServices(answers, clock);
  const { addresses } = services;
  const app = createApp(parsed.config, { clock, random: () => 0.5, logger: silentLogger, feed, addresses });
  try {
    const service = openService({ url: await app.start(), tenant: head.tenant }, terminal);
    const numbersOf = (characterId: number) =>
      service.text(`/api/worlds/0/channels/0/characters/${characterId}/stats`).then(numbersIn, () => undefined);
    await Promise.all(head.characters.map(numbersOf));
    const bar = createProgressBar(events.length);
    for (const [index, event] of events.entries()) {
      await delay(Math.max(0, event.at - clock.now()), undefined, { signal: terminal.signal }).catch(() => undefined);
      const headers = event.headers.map(([name, value]) => [Buffer.from(name), Buffer.from(value, 'base64')] as const);
      const value = Buffer.from(JSON.stringify(event.value));
      await feed.publish({ stream: event.stream, key: Buffer.alloc(8), headers, value, timestamp: event.timestamp });
      bar.update(index + 1, 'events');
    }
    bar.stop();
    const ends = Math.max(head.at, ...stats.map(({ at }) => at), ...events.map(({ at }) => at + SETTLE_MS));
    await delay(Math.max(0, ends - clock.now()), undefined, { signal: terminal.signal }).catch(() => undefined);
    return await Promise.all(
      head.characters.map(async (characterId) => outcomeOf(recording, characterId, await numbersOf(characterId))),
    );
  } finally {
    await app.stop();
    await services.close();
  }
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

/** Services that answer what they answered: of several answers to one question the last before now. */
async function startServices(answers: readonly RecordedAnswer[], clock: Clock) {
  const byPath = Map.groupBy(answers, ({ path }) => path);
  const server = createServer((request, response) => {
    const known = byPath.get((request.url ?? '').slice(1)) ?? [];
    const answer = known.findLast(({ at }) => at <= clock.now()) ?? known[0];
    if (answer === undefined || answer.status === 0) return void request.socket.destroy();
    response.sendDate = false;
    response
      .writeHead(answer.status, { ...answer.headers, date: new Date(clock.now()).toUTCString() })
      .end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const addresses = mapServices((service) => ({ url: `http://127.0.0.1:${port}/${service}/`, setBy: 'the recording' }));
  return {
    addresses,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
