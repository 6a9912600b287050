/**
 * Writes the generated reference pages: the tables of docs/reference/configuration.md, from the schema of the configuration,
 * those of docs/reference/tool.md, from the commands of the tool, docs/reference/openapi.json, from the schemas of the routes,
 * and events.md and asyncapi.json beside it, from those of the events. With --check it only says what is out of step, and exits
 * with 1.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { configurationTables } from '../src/config/help.ts';
import { createStubApi } from '../test/support/stub-api.ts';
import { commandTables } from '../tool/help.ts';
import { describeEvents } from './asyncapi.ts';
import { eventTables } from './events-page.ts';

const BEGIN = '<!-- generated: npm run fix -->';
const END = '<!-- /generated -->';

interface Page {
  readonly path: string;
  readonly generate: (current: string) => string | Promise<string>;
}

const PAGES: readonly Page[] = [
  { path: 'docs/reference/configuration.md', generate: withTables(configurationTables) },
  { path: 'docs/reference/tool.md', generate: withTables(commandTables) },
  { path: 'docs/reference/events.md', generate: withTables(eventTables) },
  { path: 'docs/reference/asyncapi.json', generate: () => asJson(describeEvents()) },
  { path: 'docs/reference/openapi.json', generate: describeApi },
];

function withTables(tables: () => string | Promise<string>): Page['generate'] {
  return async (page) => {
    const begin = page.indexOf(BEGIN);
    const end = page.indexOf(END);
    if (begin < 0 || end < begin) throw new Error(`the page lacks ${BEGIN} and ${END}`);
    return `${page.slice(0, begin + BEGIN.length)}\n\n${await tables()}\n\n${page.slice(end)}`;
  };
}

async function describeApi(): Promise<string> {
  const { app } = createStubApi();
  return asJson((await app.inject('/api/openapi.json')).json());
}

function asJson(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

const check = process.argv.includes('--check');
for (const { path, generate } of PAGES) {
  const url = new URL(`../${path}`, import.meta.url);
  const current = await readFile(url, 'utf8').catch(() => '');
  const wanted = await generate(current);
  if (wanted === current) continue;
  if (check) {
    console.error(`${path} is out of step with the sources: run "npm run fix"`);
    process.exitCode = 1;
  } else {
    await writeFile(url, wanted);
    console.log(`${path} written`);
  }
}
