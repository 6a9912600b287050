/**
 * The house rules that no compiler holds (architecture §1): which room may use which, that only app.ts knows adapters, that
 * only main.ts ends the process, and that types are forced nowhere but at the decoding edge.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');
const BIOME = join(ROOT, 'node_modules', '.bin', 'biome');
const RULE = 'lint/style/noRestrictedImports';

/** What each room may use besides itself. A new room needs a line here and an override in biome.json. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  lib: [],
  telemetry: ['domain', 'lib'],
  events: ['domain', 'lib', 'telemetry'],
  config: ['domain', 'events', 'lib', 'upstream'],
  upstream: ['domain', 'events', 'lib', 'telemetry'],
  state: ['domain', 'events', 'lib', 'telemetry'],
  world: ['domain', 'events', 'lib', 'telemetry', 'upstream'],
  ingest: ['domain', 'events', 'lib', 'state', 'telemetry'],
  clamp: ['domain', 'lib', 'refresh', 'state', 'telemetry'],
  refresh: ['domain', 'lib', 'state', 'telemetry', 'upstream'],
  api: ['domain', 'events', 'ingest', 'lib', 'page', 'refresh', 'state', 'telemetry', 'upstream', 'watch'],
  page: ['lib'],
  watch: ['domain', 'lib', 'refresh', 'state', 'upstream'],
};
const ROOMS = Object.keys(MAY_USE);
/** Known to app.ts alone; world/ is one more, as a whole. */
const ADAPTERS = ['clamp/kafka', 'ingest/kafka', 'ingest/in-process', 'state/memory', 'state/redis', 'upstream/http'];

interface Probe {
  /** The importing file, below src/. */
  readonly from: string;
  readonly specifier: string;
  readonly allowed: boolean;
}

function probesOfRoom(room: string): Probe[] {
  const files = [`${room}/probe.ts`, `${room}/deep/probe.ts`, `${room}/deep/deeper/probe.ts`];
  return files.flatMap((from, depth) => {
    const up = '../'.repeat(depth + 1);
    const others = ROOMS.filter((other) => other !== room);
    const rooms = others.map((other) => ({
      from,
      specifier: `${up}${other}/thing.ts`,
      allowed: MAY_USE[room]?.includes(other) === true,
    }));
    const adapters = ADAPTERS.filter((adapter) => !adapter.startsWith(`${room}/`)).map((adapter) => ({
      from,
      specifier: `${up}${adapter}/thing.ts`,
      allowed: false,
    }));
    const own = { from, specifier: './thing.ts', allowed: true };
    const roots = ['app.ts', 'main.ts'].map((root) => ({ from, specifier: `${up}${root}`, allowed: false }));
    return [...rooms, ...adapters, ...roots, own];
  });
}

function probesOfAdapter(adapter: string): Probe[] {
  const [room = '', folder = ''] = adapter.split('/');
  return [
    // The port's room does not know its adapters; an adapter knows its own files and its port.
    { from: `${room}/probe.ts`, specifier: `./${folder}/thing.ts`, allowed: false },
    { from: `${adapter}/probe.ts`, specifier: './thing.ts', allowed: true },
    { from: `${adapter}/probe.ts`, specifier: '../port.ts', allowed: true },
    { from: 'main.ts', specifier: `./${adapter}/thing.ts`, allowed: false },
    { from: 'app.ts', specifier: `./${adapter}/thing.ts`, allowed: true },
  ];
}

const PACKAGES = ['node:fs', 'fastify', '@platformatic/kafka', 'typebox/value'];

const PROBES: readonly Probe[] = [
  ...ROOMS.flatMap(probesOfRoom),
  ...ADAPTERS.flatMap(probesOfAdapter),
  ...PACKAGES.flatMap((specifier) => [
    { from: 'domain/probe.ts', specifier, allowed: false },
    { from: 'lib/probe.ts', specifier, allowed: true },
  ]),
  { from: 'main.ts', specifier: './app.ts', allowed: true },
  { from: 'main.ts', specifier: './world/demo.ts', allowed: false },
  { from: 'app.ts', specifier: './world/demo.ts', allowed: true },
];

/** One import per line, so that a diagnostic's line tells which one it means. */
function linesOf(probes: readonly Probe[], write: (specifier: string, index: number) => string): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const { from, specifier } of probes) {
    const lines = files.get(from) ?? [];
    lines.push(write(specifier, lines.length));
    files.set(from, lines);
  }
  return files;
}

/** `file:line` of each import that the rule refuses, in a tree of these files under the project's own biome.json. */
async function refusedIn(files: ReadonlyMap<string, readonly string[]>): Promise<Set<string>> {
  const directory = await mkdtemp(join(tmpdir(), 'house-'));
  try {
    await copyFile(join(ROOT, 'biome.json'), join(directory, 'biome.json'));
    for (const [file, lines] of files) {
      const path = join(directory, 'src', file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${lines.join('\n')}\n`);
    }
    const args = [
      'lint',
      '--vcs-enabled=false',
      '--reporter=github',
      '--max-diagnostics=none',
      '--only=style/noRestrictedImports',
      'src',
    ];
    const output = await new Promise<string>((resolve) => {
      execFile(BIOME, args, { cwd: directory, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) =>
        resolve(`${stdout}${stderr}`),
      );
    });
    const found = output.matchAll(/title=([^,]+),file=[^,]*?src\/([^,]+),line=(\d+)/g);
    return new Set([...found].filter(([, title]) => title === RULE).map(([, , file, line]) => `${file}:${line}`));
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function assertHolds(write: (specifier: string, index: number) => string): Promise<void> {
  const refused = await refusedIn(linesOf(PROBES, write));
  const lineOf = new Map<string, number>();
  const wrong = PROBES.filter(({ from, allowed }) => {
    const line = (lineOf.get(from) ?? 0) + 1;
    lineOf.set(from, line);
    return refused.has(`${from}:${line}`) === allowed;
  });
  const told = wrong.map(
    ({ from, specifier, allowed }) => `${allowed ? 'refused' : 'let through'}: ${from} ← ${specifier}`,
  );
  assert.deepEqual(told, []);
}

async function sources(): Promise<{ path: string; text: string }[]> {
  const names = await readdir(join(ROOT, 'src'), { recursive: true });
  const paths = names.filter((name) => name.endsWith('.ts'));
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(ROOT, 'src', path), 'utf8') })));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
}

/** Casts that switch the compiler off, as opposed to those that name what it cannot see. */
function forcedTypes(text: string): string[] {
  return withoutComments(text).match(/\bas (?:any|never|unknown as)\b|[:<,|&] *any\b(?! *[:'(])|\bany\[\]/g) ?? [];
}

describe('the directions between rooms', () => {
  test('given every direction as an import, when it is linted, then the forbidden ones are refused and no other', () =>
    assertHolds((specifier, index) => `import { thing as thing${index} } from '${specifier}'; thing${index}();`));

  test('given every direction as an import of a type, when it is linted, then the same holds', () =>
    assertHolds((specifier, index) => `import type { Thing as Thing${index} } from '${specifier}';`));

  test('given every direction as an import at run time, when it is linted, then the same holds', () =>
    assertHolds((specifier) => `await import('${specifier}');`));

  test('given every direction as a re-export, when it is linted, then the same holds', () =>
    assertHolds((specifier, index) => `export { thing as thing${index} } from '${specifier}';`));

  test('given the rooms of the tree, when they are listed, then each one has its directions here', async () => {
    const entries = await readdir(join(ROOT, 'src'), { withFileTypes: true });
    const rooms = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    assert.deepEqual(rooms.toSorted(), ROOMS.toSorted(), 'add the room to MAY_USE and to the overrides of biome.json');
  });
});

describe('the rest of the house', () => {
  test('given all sources, when they are searched for an end of the process, then only main.ts has one', async () => {
    const ends = (await sources()).filter(({ text }) => /process\.(exit|abort|kill)\(/.test(withoutComments(text)));
    assert.deepEqual(
      ends.map(({ path }) => path),
      ['main.ts'],
    );
  });

  test('given all sources, when they are searched for forced types, then only the decoding edge has any', async () => {
    const forced = (await sources())
      .filter(({ path }) => !path.startsWith('events/') && !path.startsWith('upstream/http/'))
      .flatMap(({ path, text }) => forcedTypes(text).map((found) => `${path}: ${found}`));
    assert.deepEqual(forced, []);
  });

  test('given forced types of every kind, when they are searched for, then they are found and comments are not', () => {
    const forced = [
      'x as any',
      'y as unknown as Z',
      'z as never',
      'let a: any',
      'Map<string, any>',
      'any[]',
      'f<any>()',
    ];
    for (const text of forced) assert.equal(forcedTypes(text).length, 1, text);
    const fine = ['// as any', '/** takes any */', "['a', 'any']", 'none, or any: all', 'x as const', 'const any = 1'];
    for (const text of fine) assert.deepEqual(forcedTypes(text), [], text);
  });
});
