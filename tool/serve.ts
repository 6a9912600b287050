import { type Command, EXIT } from './command.ts';

/** The service itself. It parses its words and ends the process by itself. */
export const serve: Command = {
  summary: 'Run the service, as `npm start` does. Everything is configured by environment variables.',
  words: '',
  details: ['effective-stats serve --help explains every variable.'],
  options: { help: { type: 'boolean', short: 'h', description: 'Explain every environment variable.' } },
  async run(args) {
    process.argv.splice(2, Number.POSITIVE_INFINITY, ...args);
    await import('../src/main.ts');
    return process.exitCode === EXIT.usage ? EXIT.usage : EXIT.fine;
  },
};
