import { PrerequisiteMissing } from './process-guard.ts';

/** Arguments that a run does not take; the message is one line that says which, and what was expected. */
export class WrongArguments extends Error {
  override readonly name = 'WrongArguments';
}

/** @throws WrongArguments unless the text is a whole number of `least` or more */
export function wholeNumber(name: string, text: string, least = 1): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new WrongArguments(`--${name}: expected a whole number of ${least} or more, got ${text}`);
}

/**
 * Runs the command and leaves its exit code: what `run` says; 2 where arguments were wrong, with the help; 1 where the machine
 * lacks something. A defect is thrown.
 */
export async function runToExitCode(help: string, run: () => Promise<number>): Promise<void> {
  process.exitCode = await run().catch((error: unknown) => {
    const isWrongUse = error instanceof WrongArguments || isOfParseArgs(error);
    if (!(error instanceof PrerequisiteMissing || isWrongUse)) throw error;
    process.stderr.write(`\n${error.message}\n${isWrongUse ? `\n${help}` : ''}`);
    return isWrongUse ? 2 : 1;
  });
}

/** An option that there is not, or one without its value. */
function isOfParseArgs(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
