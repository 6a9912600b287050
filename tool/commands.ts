import type { Command } from './command.ts';

/** In the order of help. A command is loaded when it is wanted: each brings libraries of its own. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  doctor: async () => (await import('./doctor.ts')).doctor,
  explain: async () => (await import('./explain.ts')).explain,
  preview: async () => (await import('./preview.ts')).preview,
  watch: async () => (await import('./watch.ts')).watch,
  record: async () => (await import('./record.ts')).record,
  replay: async () => (await import('./replay.ts')).replay,
  load: async () => (await import('./load.ts')).load,
};
