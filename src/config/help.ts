import { VARIABLES } from './schema.ts';
import { GROUPS, type Group, type VariableDocs } from './variable.ts';

const WIDTH = 100;
const INDENT = '      ';

/** What `--help` prints: every variable with its default, in groups, for a terminal. */
export function helpText(): string {
  const sections = GROUPS.map((group) => {
    const entries = variablesOf(group).map(([name, docs]) => {
      const fallback = docs.default === undefined || docs.default === name ? '' : ` = ${docs.default}`;
      const description = wrap(docs.description.replaceAll('`', ''));
      return `  ${name}${fallback}\n${description}\n${wrap(`Expected: ${docs.expected}.`)}`;
    });
    return `${group}\n${entries.join('\n')}`;
  });
  return [
    'effective-stats: effective character stats from Kafka events, answered over HTTP.',
    '',
    'Usage: npm start [-- --help]',
    '',
    'Everything is configured by environment variables; an empty value counts as unset.',
    'Without BOOTSTRAP_SERVERS it runs a demo that needs nothing else. Durations are written as in Go: 250ms, 10s, 1m30s.',
    'Topics of events default to the name of their variable.',
    '',
    sections.join('\n\n'),
    '',
  ].join('\n');
}

/** The same as Markdown tables, for docs/reference/configuration.md. */
export function configurationTables(): string {
  const sections = GROUPS.map((group) => {
    const rows = variablesOf(group).map(([name, docs]) => {
      const fallback = docs.default === undefined ? '' : `\`${docs.default}\``;
      const secret = docs.secret === true ? ' Secret: never printed.' : '';
      return `| \`${name}\` | ${fallback} | ${docs.description}${secret} | ${docs.expected} |`;
    });
    return [`## ${group}`, '', '| Variable | Default | Meaning | Expected |', '|---|---|---|---|', ...rows].join('\n');
  });
  return sections.join('\n\n');
}

function variablesOf(group: Group): (readonly [string, VariableDocs])[] {
  return Object.entries(VARIABLES)
    .map(([name, { docs }]) => [name, docs] as const)
    .filter(([, docs]) => docs.group === group);
}

function wrap(text: string): string {
  const lines: string[] = [];
  let line = INDENT.trimEnd();
  for (const word of text.split(' ')) {
    const longer = line === '' ? `${INDENT}${word}` : `${line} ${word}`;
    if (longer.length > WIDTH && line !== '') {
      lines.push(line);
      line = `${INDENT}${word}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line].join('\n');
}
