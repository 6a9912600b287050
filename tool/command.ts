import { type ParseArgsOptionDescriptor, parseArgs } from 'node:util';

/** What every command exits with. */
export const EXIT = {
  /** Done, and nothing was found wrong. */
  fine: 0,
  /** Something was found wrong, or could not be done. */
  wrong: 1,
  /** The command, its options or the environment variables cannot be worked with. */
  usage: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The user's doing: told in one line, without a stack. */
export class UsageError extends Error {}

/** It could not be done, and the user can see to it: told in one line, without a stack. */
export class Failure extends Error {}

export interface OptionDocs extends ParseArgsOptionDescriptor {
  readonly description: string;
  /** What stands for the value in help: `URL`. For those of type string. */
  readonly placeholder?: string;
}

type Options = Readonly<Record<string, OptionDocs>>;

type Value<O extends OptionDocs> = O['type'] extends 'boolean' ? boolean : string;

/** As given, or as the default says; undefined: neither. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]:
    | (O[Name]['multiple'] extends true ? readonly Value<O[Name]>[] : Value<O[Name]>)
    | (O[Name] extends { readonly default: unknown } ? never : undefined);
};

/** Where a command reads and writes; the process's own, or a test's. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly summary: string;
  /** Words after the command, as in help: `<character>`. */
  readonly words: string;
  /** More than the summary says, for help; lines of 100 characters at most. */
  readonly details: readonly string[];
  readonly options: Options;
  /** @throws UsageError, Failure */
  run(args: readonly string[], terminal: Terminal): Promise<ExitCode>;
}

const COMMON = {
  json: { type: 'boolean', description: 'Print JSON for programs instead of text for people.' },
  help: { type: 'boolean', short: 'h', description: 'Tell what the command does and takes.' },
} as const satisfies Options;

interface Definition<O extends Options> {
  readonly summary: string;
  readonly words?: string;
  readonly details?: readonly string[];
  readonly options: O;
  run(
    input: { readonly values: Values<O & typeof COMMON>; readonly words: readonly string[] },
    terminal: Terminal,
  ): Promise<ExitCode>;
}

/** A command with its options, which are parsed and checked before it runs. `--help` and `--json` come by themselves. */
export function defineCommand<const O extends Options>(definition: Definition<O>): Command {
  const { summary, words = '', details = [] } = definition;
  const options = { ...definition.options, ...COMMON };
  return {
    summary,
    words,
    details,
    options,
    async run(args, terminal) {
      const { values, positionals } = parse(args, options);
      const [least, most] = wordCount(words);
      if (positionals.length < least || positionals.length > most) {
        throw new UsageError(
          words === ''
            ? `expected no words, got "${positionals.join(' ')}"`
            : `expected ${words}, got "${positionals.join(' ')}"`,
        );
      }
      // parseArgs has checked them against the same table.
      return definition.run({ values: values as Values<O & typeof COMMON>, words: positionals }, terminal);
    },
  };
}

function parse(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message.replace(/\. To specify.*$/s, '') : String(error));
  }
}

/** How many words `<a> [b] [c…]` allows. */
function wordCount(words: string): readonly [number, number] {
  const all = words.split(' ').filter((word) => word !== '');
  const most = all.some((word) => word.includes('…')) ? Number.POSITIVE_INFINITY : all.length;
  return [all.filter((word) => word.startsWith('<')).length, most];
}
