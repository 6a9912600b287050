import type { Command, OptionDocs } from './command.ts';
import { COMMANDS } from './commands.ts';

const WIDTH = 100;

export async function overview(): Promise<string> {
  const names = Object.keys(COMMANDS);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const lines = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => `  ${name.padEnd(width)}${(await load()).summary}`),
  );
  return [
    'effective-stats: effective character stats from Kafka events, answered over HTTP.',
    '',
    'Usage: effective-stats <command> [options]',
    '',
    ...lines,
    '',
    '  --version, --help; each command has --help, and each but serve has --json.',
    'Exit codes: 0 fine, 1 something is wrong or could not be done, 2 wrong use.',
    '',
  ].join('\n');
}

export function helpOf(name: string, { summary, words, details, options }: Command): string {
  const entries = Object.entries(options).map(([option, docs]) => [spellingOf(option, docs), describe(docs)] as const);
  const width = Math.max(...entries.map(([spelling]) => spelling.length)) + 4;
  const lines = entries.flatMap(([spelling, description]) =>
    wrap(description, WIDTH - width).map(
      (line, index) => `${(index === 0 ? `  ${spelling}` : '').padEnd(width)}${line}`,
    ),
  );
  return [
    summary,
    '',
    `Usage: effective-stats ${name}${words === '' ? '' : ` ${words}`} [options]`,
    '',
    ...lines,
    ...(details.length === 0 ? [] : ['', ...details]),
    '',
  ].join('\n');
}

/** The same as Markdown, for docs/reference/tool.md. */
export async function commandTables(): Promise<string> {
  const commands = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => [name, await load()] as const),
  );
  const overviewRows = commands.map(([name, { summary }]) => `| [\`${name}\`](#${name}) | ${summary} |`);
  const sections = commands.map(([name, { words, details, options }]) => {
    const rows = Object.entries(options).map(
      ([option, docs]) => `| \`${spellingOf(option, docs)}\` | ${describe(docs)} |`,
    );
    return [
      `## ${name}`,
      '',
      `\`effective-stats ${name}${words === '' ? '' : ` ${words}`} [options]\``,
      '',
      ...(details.length === 0 ? [] : [details.join(' '), '']),
      '| Option | Meaning |',
      '|---|---|',
      ...rows,
    ].join('\n');
  });
  return [['| Command | For |', '|---|---|', ...overviewRows].join('\n'), ...sections].join('\n\n');
}

function spellingOf(name: string, { type, placeholder, short }: OptionDocs): string {
  const letter = short === undefined ? '' : `, -${short}`;
  return `--${name}${type === 'string' ? ` ${placeholder ?? 'TEXT'}` : ''}${letter}`;
}

function describe({ description, default: fallback, multiple }: OptionDocs): string {
  const many = multiple === true ? ' May come more than once.' : '';
  return `${description}${many}${fallback === undefined ? '' : ` Default: ${fallback}.`}`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
