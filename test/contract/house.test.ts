/** The house rules that no compiler holds: which room may use which, no circles, one end of the process, no forced types. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');

/** What each room may use besides itself and packages. Dependencies point downward: a room is below those that use it. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  lib: [],
  telemetry: ['domain', 'lib'],
  wire: ['domain', 'lib'],
  events: ['domain', 'wire'],
  upstream: ['domain', 'lib', 'telemetry', 'wire'],
  config: ['domain', 'events', 'lib', 'upstream', 'wire'],
  state: ['domain', 'lib'],
  refresh: ['domain', 'lib', 'state', 'upstream'],
  ingest: ['domain', 'events', 'lib', 'state', 'telemetry', 'wire'],
  answers: ['domain', 'lib', 'refresh', 'state', 'upstream'],
  clamp: ['answers', 'domain', 'lib', 'state', 'wire'],
  page: [],
  watch: ['answers', 'domain', 'lib', 'refresh', 'state', 'upstream'],
  api: ['answers', 'domain', 'ingest', 'lib', 'page', 'refresh', 'telemetry', 'upstream', 'watch', 'wire'],
  world: ['domain', 'events', 'lib', 'upstream'],
};

/** What stands behind a port: known where the service is composed, and nowhere else. */
const ADAPTERS = ['clamp/kafka', 'ingest/kafka', 'ingest/in-process', 'upstream/http', 'world'];

interface Source {
  /** Below src/; `world/…` lies beside it and counts as one more room. */
  readonly path: string;
  readonly text: string;
  /** Files of ours that it imports, named likewise. */
  readonly imports: readonly string[];
}

async function sources(): Promise<Source[]> {
  const files = await Promise.all(['src', 'world'].map((folder) => readdir(join(ROOT, folder), { recursive: true })));
  const paths = ['src', 'world'].flatMap((folder, index) => files[index]?.map((name) => join(folder, name)) ?? []);
  return Promise.all(
    paths
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map(async (path) => {
        const text = await readFile(join(ROOT, path), 'utf8');
        const found = withoutComments(text).matchAll(/(?:from|import|import\()\s*'(\.{1,2}\/[^']+\.ts)'/g);
        const imports = [...found].map(([, specifier = '']) => named(join(dirname(path), specifier)));
        return { path: named(path), text, imports };
      }),
  );
}

function named(path: string): string {
  return path.replace(/^src\//, '');
}

function roomOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : path;
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
}

/** Why a file may not import another; undefined: it may. */
function whyNot(from: string, to: string): string | undefined {
  const adapter = ADAPTERS.find((each) => to.startsWith(`${each}/`));
  if (['app', 'app.ts', 'main.ts'].includes(roomOf(from))) return undefined;
  if (adapter !== undefined && !from.startsWith(`${adapter}/`)) return 'an adapter is for app.ts';
  if (roomOf(from) === roomOf(to)) return undefined;
  return MAY_USE[roomOf(from)]?.includes(roomOf(to)) === true ? undefined : 'not below it';
}

/** Casts that switch the compiler off, as opposed to those that name what it cannot see. */
function forcedTypes(text: string): string[] {
  return withoutComments(text).match(/\bas (?:any|never|unknown as)\b|[:<,|&] *any\b(?! *[:'(])|\bany\[\]/g) ?? [];
}

/** The files of a circle of imports; undefined: there is none. */
function circleIn(files: readonly Source[]): readonly string[] | undefined {
  const imports = new Map(files.map(({ path, imports: to }) => [path, to]));
  const done = new Set<string>();
  const follow = (path: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of imports.get(path) ?? []) {
      const circle = follow(next, [...way, path]);
      if (circle !== undefined) return circle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of imports.keys()) {
    const circle = follow(path, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

describe('the house', () => {
  test('given every import, then it points downward, and adapters are known where the service is composed alone', async () => {
    const wrong = (await sources()).flatMap(({ path, imports }) =>
      imports.flatMap((to) => {
        const reason = whyNot(path, to);
        return reason === undefined ? [] : [`${path} → ${to}: ${reason}`];
      }),
    );
    assert.deepEqual(wrong, []);
  });

  test('given imports that are forbidden, then they are told', () => {
    assert.equal(whyNot('domain/a.ts', 'lib/b.ts'), 'not below it');
    assert.equal(whyNot('api/a.ts', 'upstream/http/b.ts'), 'an adapter is for app.ts');
    assert.equal(whyNot('app.ts', 'upstream/http/b.ts'), undefined);
    assert.equal(whyNot('app/a.ts', 'upstream/http/b.ts'), undefined);
    assert.equal(whyNot('api/a.ts', 'app/b.ts'), 'not below it');
    assert.equal(whyNot('upstream/http/a.ts', 'upstream/port.ts'), undefined);
    const circle = [
      { path: 'a.ts', text: '', imports: ['b.ts'] },
      { path: 'b.ts', text: '', imports: ['a.ts'] },
    ];
    assert.deepEqual(circleIn(circle), ['a.ts', 'b.ts', 'a.ts']);
  });

  test('given every room, then what it may use is told', async () => {
    const rooms = new Set(
      (await sources()).map(({ path }) => roomOf(path)).filter((room) => room !== 'app' && !room.endsWith('.ts')),
    );
    assert.deepEqual([...rooms].toSorted(), Object.keys(MAY_USE).toSorted());
  });

  test('given all files, then no imports go in a circle', async () => {
    assert.equal(circleIn(await sources()), undefined);
  });

  test('given all sources, when they are searched for an end of the process, then only main.ts has one', async () => {
    const ends = (await sources()).filter(({ text }) => /process\.(exit|abort|kill)\(/.test(withoutComments(text)));
    assert.deepEqual(
      ends.map(({ path }) => path),
      ['main.ts'],
    );
  });

  test('given all sources, when they are searched for forced types, then there are none', async () => {
    const forced = (await sources()).flatMap(({ path, text }) => forcedTypes(text).map((found) => `${path}: ${found}`));
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
