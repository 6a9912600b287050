/**
 * The files in deploy/ name only what exists: metrics and labels of a running service, its variables, its endpoints, the
 * commands of the tool, files of the tree. What containers and clusters make of them is not tried here.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { VARIABLES } from '../../src/config/schema.ts';
import { COMMANDS } from '../../tool/commands.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DEPLOY = join(ROOT, 'deploy');
/** Labels that Prometheus adds to each series, and that of histograms. */
const ADDED_LABELS = ['instance', 'job', 'le'];

const read = (path: string): string => readFileSync(join(DEPLOY, path), 'utf8');
const NAMES = new Set(Object.keys(VARIABLES));

interface Query {
  readonly where: string;
  readonly expr: string;
}

function queries(): Query[] {
  const { groups } = parse(read('prometheus/alerts.yaml')) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  const alerts = groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ where: alert, expr })));
  const dashboard = JSON.parse(read('grafana/dashboard.json')) as {
    panels: { title: string; targets?: { expr: string }[] }[];
    templating: { list: { name: string; query: string | { query: string } }[] };
  };
  const panels = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: title, expr })),
  );
  const variables = dashboard.templating.list.flatMap(({ name, query }) =>
    typeof query === 'string' ? [] : [{ where: name, expr: query.query }],
  );
  return [...alerts, ...panels, ...variables];
}

/** Of each series: which labels it has. Those of a counter that has not counted yet are not known, and undefined. */
function seriesOf(exposed: string): Map<string, ReadonlySet<string> | undefined> {
  const series = new Map<string, ReadonlySet<string> | undefined>();
  for (const [, name = '', type] of exposed.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const names = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((ending) => name + ending) : [name];
    for (const one of names) series.set(one, undefined);
  }
  for (const [, name = '', labels = ''] of exposed.matchAll(/^([a-z]\w*)(?:\{(.*)\})? \S+$/gm)) {
    series.set(name, new Set([...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)));
  }
  return series;
}

/** Names of series in an expression of PromQL, and the labels that it wants of them. */
function namesIn(expr: string) {
  const bare = expr.replaceAll(/"(?:\\.|[^"\\])*"/g, '""');
  const names = bare.match(/\b(?:effective_stats|nodejs|process)_\w+/g) ?? [];
  const matchers = [...bare.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner = '']) => inner.match(/\w+(?=\s*[=!])/g) ?? []);
  const grouped = [...bare.matchAll(/\b(?:by|without|on)\s*\(([^)]*)\)/g)].flatMap(
    ([, list = '']) => list.match(/\w+/g) ?? [],
  );
  return { names, labels: [...matchers, ...grouped] };
}

describe('dashboard and alert rules', () => {
  let service: ServiceProcess;
  let series: Map<string, ReadonlySet<string> | undefined>;

  before(async () => {
    service = await startService({});
    series = seriesOf(await (await service.get('/api/metrics')).text());
  });

  after(async () => {
    await service?.end();
  });

  for (const { where, expr } of queries()) {
    test(`given "${where}", when its metrics are looked up, then a running service has them with their labels`, () => {
      const { names, labels } = namesIn(expr);
      assert.ok(names.length > 0, expr);
      for (const name of names) assert.ok(series.has(name), name);
      const known = names.map((name) => series.get(name));
      for (const label of labels) {
        const isKnown = known.some((of) => of === undefined || of.has(label));
        assert.ok(isKnown || ADDED_LABELS.includes(label), `${label} of ${names}`);
      }
    });
  }

  test('given the alert rules, when the guide is read, then it tells each metric that they watch', () => {
    const guide = readFileSync(join(ROOT, 'docs/guides/operating.md'), 'utf8');
    const { groups } = parse(read('prometheus/alerts.yaml')) as { groups: { rules: { expr: string }[] }[] };
    const missing = groups
      .flatMap(({ rules }) => rules.flatMap(({ expr }) => namesIn(expr).names))
      .filter((name) => !guide.includes(`\`${name}\``));
    assert.deepEqual(missing, []);
  });
});

describe('the image', () => {
  const lines = read('Dockerfile').split('\n');

  test('given what it copies, when it is looked for, then it is there and the ignore file lets it through', () => {
    const ignore = read('Dockerfile.dockerignore').split('\n');
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(1, -1));
    assert.ok(['src', 'tool', 'world'].every((folder) => copied.includes(folder)));
    for (const path of copied) {
      assert.ok(existsSync(join(ROOT, path)), path);
      assert.ok(ignore.includes(`!${path}`), path);
    }
  });

  test('given its last stage, when it is read, then it is not root and runs the tool on the Node of the lockfile', () => {
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    assert.ok(last.includes('USER 65532:65532'));
    assert.ok(!last.some((line) => /^(RUN|SHELL)\b/.test(line)), 'it has no shell');
    const entry = JSON.parse(last.find((line) => line.startsWith('ENTRYPOINT '))?.slice('ENTRYPOINT '.length) ?? '');
    const [node, ...rest] = entry;
    assert.equal(node, 'node_modules/node/bin/node');
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    assert.equal(['node', ...rest, 'serve'].join(' '), scripts.start, 'as npm start has it');
    for (const path of [node, rest.at(-1)]) assert.ok(existsSync(join(ROOT, path)), path);
  });
});

describe('compose and Kubernetes', () => {
  test('given the services of the compose file, when their commands and variables are read, then we have them', () => {
    const { services } = parse(read('compose.yaml')) as {
      services: Record<string, { image: string; command?: string[]; environment: Record<string, string> }>;
    };
    const ours = Object.values(services).filter(({ image }) => image === 'effective-stats');
    assert.equal(ours.length, 2);
    for (const { command = [], environment } of ours) {
      assert.ok(Object.hasOwn(COMMANDS, command[0] ?? ''), command[0]);
      for (const name of Object.keys(environment)) assert.ok(NAMES.has(name), name);
    }
  });

  test('given the overlay, when its variables and probes are read, then we have them', async () => {
    const { configMapGenerator, resources, patches } = parse(read('kubernetes/kustomization.yaml')) as {
      configMapGenerator: { literals: string[] }[];
      resources: string[];
      patches: { path: string }[];
    };
    for (const file of [...resources, ...patches.map(({ path }) => path)]) {
      assert.ok(existsSync(join(DEPLOY, 'kubernetes', file)), file);
    }
    const literals = configMapGenerator.flatMap((map) => map.literals);
    for (const literal of literals) assert.ok(NAMES.has(literal.split('=')[0] ?? ''), literal);
    assert.ok(literals.includes('CLAMP_COMMANDS=on'), 'the Go service always sends them');
    const [container] = parse(read('kubernetes/deployment.yaml')).spec.template.spec.containers;
    for (const { name } of container.env) assert.ok(NAMES.has(name), name);
    const { paths } = JSON.parse(readFileSync(join(ROOT, 'docs/reference/openapi.json'), 'utf8'));
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      assert.ok(Object.hasOwn(paths, container[probe].httpGet.path), probe);
    }
  });

  test('given all YAML of the folder, when it is parsed, then nothing is wrong with it', () => {
    const files = readdirSync(DEPLOY, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
    assert.ok(files.length >= 6);
    for (const file of files) {
      for (const document of parseAllDocuments(read(file))) {
        assert.deepEqual('errors' in document ? [...document.errors, ...document.warnings] : [], [], file);
      }
    }
  });
});
