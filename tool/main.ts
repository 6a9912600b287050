import { version } from '../src/lib/version.ts';
import { EXIT, type ExitCode, Failure, type Terminal, UsageError } from './command.ts';
import { COMMANDS } from './commands.ts';
import { helpOf, overview } from './help.ts';

/** Runs one command of the terminal tool; the words after the program's name. */
async function main([name, ...args]: readonly string[], terminal: Terminal): Promise<ExitCode> {
  if (name === undefined || name === '--help' || name === '-h') {
    terminal.stdout.write(await overview());
    return name === undefined ? EXIT.usage : EXIT.fine;
  }
  if (name === '--version') {
    terminal.stdout.write(`${version}\n`);
    return EXIT.fine;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    terminal.stderr.write(
      `There is no command ${JSON.stringify(name)}; there are ${Object.keys(COMMANDS).join(', ')}.\n`,
    );
    return EXIT.usage;
  }
  const command = await load();
  // The service's own help tells its variables.
  if (name !== 'serve' && args.some((arg) => arg === '--help' || arg === '-h')) {
    terminal.stdout.write(helpOf(name, command));
    return EXIT.fine;
  }
  try {
    return await command.run(args, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.stderr.write(`${error.message}\nRun effective-stats ${name} --help to see what it takes.\n`);
      return EXIT.usage;
    }
    if (error instanceof Failure) {
      terminal.stderr.write(`${error.message}\n`);
      return EXIT.wrong;
    }
    throw error;
  }
}

const stopping = new AbortController();
const words = process.argv.slice(2);
// The service sees to its signals by itself.
if (words[0] !== 'serve') for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
// Whoever read the output is gone, as `head` is after its lines: there is nobody left to work for.
for (const output of [process.stdout, process.stderr]) output.on('error', () => stopping.abort());
process.exitCode = await main(words, {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stopping.signal,
});
