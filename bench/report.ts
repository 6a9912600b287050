import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { compare } from './compare.ts';
import type { Figure } from './figure.ts';

/** What a figure is worth depends on all of this. */
export interface Circumstances {
  readonly command: string;
  readonly date: string;
  readonly hardware: string;
  readonly node: string;
  readonly kafka: string;
  /** The packages that are measured or measure. */
  readonly packages: Readonly<Record<string, string>>;
}

const PACKAGES = ['@platformatic/kafka', 'fastify', 'undici', 'autocannon'] as const;

export function circumstances(kafka: string, command: string): Circumstances {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    command,
    date: new Date().toISOString().slice(0, 10),
    hardware: `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, ${memory} GB, ${type()} ${release()}`,
    node: process.version,
    kafka,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

/**
 * A Markdown table, readable in a terminal, and what it was measured on. With an earlier run's figures: also whether each has
 * become better.
 */
export function reportOf(figures: readonly Figure[], on: Circumstances, earlier?: readonly Figure[]): string {
  const head = ['Figure', 'Unit', 'Service', 'Ceiling', 'Ratio', 'Aim', 'Met', ...(earlier ? ['Earlier'] : [])];
  const rows = figures.map((figure) => [
    figure.name,
    figure.unit,
    shown(figure.service),
    figure.ceiling === undefined ? '' : `${shown(figure.ceiling.value)} (${figure.ceiling.name})`,
    figure.ceiling === undefined ? '' : (figure.service / figure.ceiling.value).toFixed(2),
    figure.aim?.text ?? '',
    figure.aim === undefined ? '' : figure.aim.met ? 'yes' : 'not yet',
    ...(earlier ? [changeOf(figure, earlier)] : []),
  ]);
  const packages = Object.entries(on.packages).map(([name, version]) => `${name} ${version}`);
  return [
    ...table([head, ...rows]),
    '',
    `Command: ${on.command}`,
    `Date: ${on.date}`,
    `Hardware: ${on.hardware}; the broker, the load and the service share it`,
    `Versions: Node ${on.node}, ${on.kafka}, ${packages.join(', ')}`,
  ].join('\n');
}

function changeOf(figure: Figure, earlier: readonly Figure[]): string {
  const comparison = compare(figure, earlier);
  if (comparison === undefined) return 'not measured';
  const { before, verdict } = comparison;
  return `${figure.ceiling === undefined ? shown(before) : before.toFixed(2)}: ${verdict}`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [...lines.slice(0, 1), rule, ...lines.slice(1)];
}

function shown(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}

function versionOf(name: string): string {
  const file = join(import.meta.dirname, '..', 'node_modules', name, 'package.json');
  const description: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const named = typeof description === 'object' && description !== null && 'version' in description;
  return named ? String(description.version) : 'unknown';
}
