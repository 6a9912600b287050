import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './wait.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The terminal tool in a process of its own. */
export interface ToolProcess {
  stdout(): string;
  stderr(): string;
  /** Waits for a line of JSON on standard output that `is` accepts. */
  line(what: string, is: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  /** Sends SIGINT, as Ctrl-C does, and resolves with the exit code. */
  stop(): Promise<number | null>;
  /** The exit code, once it has ended by itself. */
  readonly ended: Promise<number | null>;
}

export function startTool(args: readonly string[], variables: Readonly<Record<string, string>> = {}): ToolProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['bin/effective-stats.js', ...args], {
    cwd: ROOT,
    env: { PATH, HOME, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    chunks.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    chunks.stderr += text;
  });
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  const documents = (): Record<string, unknown>[] =>
    chunks.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return {
    stdout: () => chunks.stdout,
    stderr: () => chunks.stderr,
    ended,
    line(what, is) {
      return until(what, () => {
        const found = documents().find(is);
        if (found === undefined && child.exitCode !== null) {
          throw new Error(`it has ended: ${chunks.stdout}${chunks.stderr}`);
        }
        return found;
      });
    },
    async stop() {
      child.kill('SIGINT');
      return ended;
    },
  };
}

export interface ToolRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the tool until it ends. */
export async function runTool(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<ToolRun> {
  const tool = startTool(args, variables);
  const code = await tool.ended;
  return { code, stdout: tool.stdout(), stderr: tool.stderr() };
}
