/**
 * What the docs say is tried: every curl example runs against the demo as a process, its answer is compared with the one on
 * the page, and every name on the pages (links, variables, metrics, resources) has to exist.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Value } from 'typebox/value';
import * as documents from '../../src/api/openapi.ts';
import { VARIABLES } from '../../src/config/schema.ts';
import { ERROR_CODES } from '../../src/lib/app-error.ts';
import { outputOf } from '../support/process-guard.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { until } from '../support/wait.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Where the pages say that the service is. */
const ORIGIN_IN_DOCS = 'http://127.0.0.1:8080';
const ADMIN_TOKEN = 'the-token-of-the-docs-test';
/** The demo lives at its own pace: a change of one character may be seconds away. */
const DEADLINE_MS = 60_000;
/** What `sh` blocks may do that this test does not run. Everything else in them has to be a curl. */
const NOT_RUN = /^(npm |git clone |docker |kubectl |npx effective-stats |kafka-[a-z-]+\.sh |[A-Z_]+=)/;
/** Variables of the test runs, which are not the service's. */
const TEST_VARIABLES = ['KAFKA_BROKERS', 'FC_SEED', 'CHAOS_SEED', 'FC_RUNS'];

interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

interface Page {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

function readPage(path: string): Page {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page: path,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1] ?? '',
    text: match[2] ?? '',
  }));
  return { path, text, blocks };
}

const DOCS = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join('docs', name));
const PAGES = ['README.md', 'CONTRIBUTING.md', ...DOCS].map(readPage);

interface Example {
  readonly command: Block;
  /** The block after the command, when it shows an answer. */
  readonly answer: Block | undefined;
}

function examplesOf({ blocks }: Page): Example[] {
  return blocks.flatMap((command, index) => {
    if (command.language !== 'sh' || !/\bcurl\b/.test(command.text)) return [];
    const next = blocks[index + 1];
    return [{ command, answer: next !== undefined && next.language !== 'sh' ? next : undefined }];
  });
}

const EXAMPLES = PAGES.flatMap(examplesOf);
const ANSWERS = new Set(EXAMPLES.map((example) => example.answer));

interface Outcome {
  readonly output: string;
  /** Exit code of each curl. */
  readonly codes: readonly string[];
  /** HTTP status of each curl. */
  readonly statuses: readonly string[];
}

/** Runs a block as it stands in a shell whose curl also notes what it got. */
async function run(command: string): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), 'docs-'));
  const curl =
    'curl() { command curl --max-time 10 --dump-header "$(mktemp "$NOTES/headers.XXXXXX")" "$@"; ' +
    'code=$?; echo "$code" > "$(mktemp "$NOTES/code.XXXXXX")"; return "$code"; }';
  try {
    const env = { PATH: process.env['PATH'] ?? '', NOTES: directory, ADMIN_TOKEN };
    const output = await new Promise<string>((done, fail) => {
      execFile('/bin/sh', ['-c', `${curl}\n${command}`], { env, timeout: 15_000 }, (error, stdout, stderr) =>
        error === null ? done(stdout) : fail(new Error(`${command}\n${stdout}${stderr}`, { cause: error })),
      );
    });
    const notes = async (prefix: string) => {
      const names = (await readdir(directory)).filter((name) => name.startsWith(prefix));
      return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
    };
    const statuses = (await notes('headers')).map((headers) => /^HTTP\/\S+ (\d{3})/.exec(headers)?.[1] ?? headers);
    return { output, codes: (await notes('code')).map((code) => code.trim()), statuses };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function entriesOf(value: unknown): Map<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

/** Where two documents differ in form: in keys or types. Of a list, each documented entry needs one of its form. */
function differences(documented: unknown, actual: unknown, at = '$'): string[] {
  if (kindOf(documented) !== kindOf(actual)) {
    return [`${at} is documented as ${kindOf(documented)} and is ${kindOf(actual)}`];
  }
  if (Array.isArray(documented) && Array.isArray(actual)) {
    return documented.flatMap((entry, index) => {
      const found = actual.map((other) => differences(entry, other, `${at}[${index}]`));
      const best = found.toSorted((a, b) => a.length - b.length)[0];
      return best ?? [`${at} is empty`];
    });
  }
  const [expected, given] = [entriesOf(documented), entriesOf(actual)];
  return [...new Set([...expected.keys(), ...given.keys()])].flatMap((key) => {
    if (!expected.has(key)) return [`${at}.${key} is not documented`];
    if (!given.has(key)) return [`${at}.${key} is documented and not there`];
    return differences(expected.get(key), given.get(key), `${at}.${key}`);
  });
}

/** An answer with its headers, as `curl -i` prints it. */
function splitHttp(text: string) {
  const [head = '', body = ''] = text.replaceAll('\r', '').split(/\n\n(.*)/s);
  const [status, ...headers] = head.split('\n');
  return { status: status?.split(' ')[1], headers: headers.map((line) => line.split(':')[0]?.toLowerCase()), body };
}

function assertAnswer(documented: Block | undefined, { output, statuses }: Outcome): void {
  switch (documented?.language) {
    case 'json': {
      const document = JSON.parse(documented.text);
      assert.deepEqual(differences(document, JSON.parse(output)), []);
      const status = document.errors?.[0]?.status ?? '200';
      for (const got of statuses) assert.equal(got, status);
      return;
    }
    case 'http': {
      const [expected, actual] = [splitHttp(documented.text), splitHttp(output)];
      assert.equal(actual.status, expected.status);
      for (const name of expected.headers) assert.ok(actual.headers.includes(name), `no header ${name}`);
      assert.deepEqual(differences(JSON.parse(expected.body), JSON.parse(actual.body)), []);
      return;
    }
    case 'text': {
      const form = (text: string) => text.trim().replaceAll(/\d+(\.\d+)?/g, '0');
      assert.equal(form(output), form(documented.text));
      for (const got of statuses) assert.equal(got, '200');
      return;
    }
    default:
      for (const got of statuses) assert.equal(got, '200');
  }
}

describe('the examples in the docs', () => {
  let service: ServiceProcess;

  before(async () => {
    const curl = await outputOf('curl', ['--version'], 5_000);
    assert.ok(curl !== undefined, 'curl is not installed: the examples in the docs cannot be tried');
    service = await startService({ ADMIN_TOKEN });
  });

  after(async () => {
    assert.equal(await service?.end(), 0);
  });

  for (const { command, answer } of EXAMPLES) {
    test(`given the demo, when ${command.page}:${command.line} is run, then it answers as the page says`, async () => {
      assert.ok(command.text.includes(ORIGIN_IN_DOCS), `${ORIGIN_IN_DOCS} is where the service listens by default`);
      const text = command.text.replaceAll(ORIGIN_IN_DOCS, service.origin);
      let failure: unknown;
      await until(
        'the answer is as documented',
        async () => {
          try {
            const outcome = await run(text);
            assert.ok(outcome.codes.length > 0 && outcome.codes.every((code) => code === '0'), `${outcome.codes}`);
            assertAnswer(answer, outcome);
            return true;
          } catch (error) {
            failure = error;
            return false;
          }
        },
        DEADLINE_MS,
      ).catch(() => {
        throw failure;
      });
    });
  }

  test('given every metric that the pages name, when the metrics are scraped, then it is among them', async () => {
    const exposed = await (await service.get('/api/metrics')).text();
    const names = new Set([...exposed.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]));
    const unknown = PAGES.flatMap(({ path, text }) =>
      [...text.matchAll(/\beffective_stats_[a-z_]*[a-z]/g)]
        .map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
        .filter((name) => !names.has(name))
        .map((name) => `${path}: ${name}`),
    );
    assert.deepEqual(unknown, []);
  });
});

describe('the pages', () => {
  test('given the pages for users, when they are listed, then each has an example to run', () => {
    const tried = new Set(EXAMPLES.map(({ command }) => command.page));
    for (const page of [
      'README.md',
      'docs/tutorial/first-steps.md',
      'docs/guides/operating.md',
      'docs/reference/api.md',
    ]) {
      assert.ok(tried.has(page), page);
    }
  });

  test('given the README, when its first commands are read, then they are the two that set everything up', () => {
    const commands = readPage('README.md').blocks.filter((block) => block.language === 'sh');
    assert.deepEqual(
      commands.slice(0, 2).map(({ text }) => text.trim()),
      ['npm ci && npm start', 'npm ci && npm test'],
    );
  });

  test('given commands that are not tried, when they are read, then they are of the kinds that cannot be', () => {
    const tried = new Set(EXAMPLES.map(({ command }) => command));
    const others = PAGES.flatMap(({ blocks }) => blocks).filter(
      (block) => block.language === 'sh' && !tried.has(block),
    );
    for (const { page, line, text } of others) {
      for (const statement of text.replaceAll('\\\n', ' ').trim().split('\n')) {
        assert.match(statement, NOT_RUN, `${page}:${line}`);
      }
    }
  });

  test('given JSON that answers no command, when it is read, then it is a document of the API', () => {
    const shown = PAGES.flatMap(({ blocks }) => blocks).filter(
      (block) => block.language === 'json' && !ANSWERS.has(block),
    );
    const schemas = Object.entries(documents).flatMap(([name, schema]) => (name.endsWith('Document') ? [schema] : []));
    for (const { page, line, text } of shown) {
      const document = JSON.parse(text);
      assert.ok(
        schemas.some((schema) => Value.Check(schema, document)),
        `${page}:${line} is no document of src/api/openapi.ts`,
      );
    }
  });

  test('given every link between the pages, when it is followed, then something is there', () => {
    const broken = PAGES.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, link = '']) => link)
        .filter((link) => !/^https?:/.test(link) && !leadsSomewhere(path, link))
        .map((link) => `${path}: ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  test('given every file that the pages name, when it is looked for, then it is there', () => {
    // Superseded decisions tell of files that are gone.
    const current = PAGES.filter(({ text }) => !text.includes('\nStatus: superseded'));
    const missing = current.flatMap(({ path, text }) =>
      [...text.matchAll(/`((?:[\w.{},*-]+\/)+[\w.{},*-]*\.(?:[jt]s|ya?ml|json|md))`/g)]
        .flatMap(([, name = '']) => alternatives(name))
        .filter((name) => !isThere(name))
        .map((name) => `${path}: ${name}`),
    );
    assert.deepEqual(missing, []);
  });

  test('given every page and numbered rule that the sources name, when it is looked for, then the repository holds it', () => {
    const pages = new Set(PAGES.map(({ path }) => basename(path)));
    const rules = readPage('docs/explanation/how-state-works.md').text.matchAll(/^### (\d+)\. /gm);
    const numbers = new Set([...rules].map(([, number]) => number));
    const isDangling = (line: string): boolean =>
      (line.includes('\u00a7') && !/RFC \d+ \u00a7/.test(line)) ||
      [...line.matchAll(/\b[\w-]+\.md\b/g)].some(([name]) => !pages.has(name)) ||
      [...line.matchAll(/\brules? (\d+)/gi)].some(([, number]) => !numbers.has(number));
    const dangling = ['src', 'world', 'tool', 'test', 'bench', 'scripts', 'docs', 'deploy'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:[jt]s|json|ya?ml|md)$/.test(name) && !name.includes('node_modules'))
        .flatMap((name) => {
          const path = join(folder, name);
          const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
          return lines.filter(isDangling).map((line) => `${path}: ${line.trim()}`);
        }),
    );
    assert.deepEqual(dangling, []);
  });

  test('given every variable that the pages name, when it is looked up, then it is one', () => {
    const variables = new Set([...Object.keys(VARIABLES), ...TEST_VARIABLES]);
    const others = new Set<string>([...ERROR_CODES, ...wordsOfTheWire()]);
    const isKnown = (name: string): boolean =>
      name.endsWith('_*')
        ? [...variables, ...others].some((known) => known.startsWith(name.slice(0, -1)))
        : variables.has(name) || others.has(name);
    const unknown = PAGES.flatMap(({ path, text, blocks }) => {
      const named = [...text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9*]+)+)(?:=[^`]*)?`/g)].map(([, name = '']) => name);
      const set = blocks.flatMap((block) => (block.language === 'sh' ? variablesSetIn(block.text) : []));
      return [...named.filter((name) => !isKnown(name)), ...set.filter((name) => !variables.has(name))].map(
        (name) => `${path}: ${name}`,
      );
    });
    assert.deepEqual(unknown, []);
  });

  test('given the resources of the API, when the page about it is read, then it shows each one', () => {
    const { paths } = JSON.parse(readFileSync(join(ROOT, 'docs/reference/openapi.json'), 'utf8'));
    const page = readPage('docs/reference/api.md').text;
    const missing = Object.keys(paths).filter(
      (path) => !page.includes(`GET ${path}`) && !page.includes(`POST ${path}`),
    );
    assert.deepEqual(missing, []);
  });

  test('given the error codes, when the page about them is read, then it lists exactly those', () => {
    const rows = readPage('docs/reference/errors.md').text.matchAll(/^\| `([A-Z_]+)` \|/gm);
    assert.deepEqual(
      [...rows].map(([, code]) => code),
      [...ERROR_CODES],
    );
  });
});

/** Rooms may be named without their `src/`, and CONTRIBUTING's example has a folder of its own. */
function isThere(name: string): boolean {
  if (name.startsWith('src/domain/rulesets/arena/')) return true;
  return [name, join('src', name)].some((path) => globSync(path, { cwd: ROOT }).length > 0);
}

/** `a{b,c}` is ab and ac. */
function alternatives(name: string): string[] {
  const [, before = '', list = '', behind = ''] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? [];
  return list === '' ? [name] : list.split(',').map((each) => `${before}${each}${behind}`);
}

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? join(ROOT, from) : resolve(ROOT, dirname(from), file);
  if (!existsSync(target)) return false;
  if (anchor === undefined) return true;
  const headings = readPage(relative(ROOT, target)).text.matchAll(/^#+ (.+)$/gm);
  return [...headings].some(([, heading = '']) => slugOf(heading) === anchor);
}

/** As code forges make anchors of headings. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

/** Variables that a command sets for itself. */
function variablesSetIn(command: string): string[] {
  return [...command.matchAll(/(?:^|\s)([A-Z][A-Z0-9_]*)=/gm)].map(([, name = '']) => name);
}

/** Names in capitals that the sources write as text: event types, stat types, headers. */
function wordsOfTheWire(): string[] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return files.flatMap((name) => {
    const text = readFileSync(join(ROOT, 'src', name), 'utf8');
    return [...text.matchAll(/['"]([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)['"]|^ +([A-Z][A-Z0-9_]+):/gm)].map(
      ([, quoted, key]) => quoted ?? key ?? '',
    );
  });
}
