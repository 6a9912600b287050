import { SingleBar } from 'cli-progress';

export interface ProgressBar {
  update(done: number, what: string): void;
  stop(): void;
}

/** A bar on a terminal; elsewhere a line for each tenth. Writes to standard error, so that the table alone is the output. */
export function createProgressBar(total: number): ProgressBar {
  if (!process.stderr.isTTY) return lines(total);
  const bar = new SingleBar({
    format: '{bar} {value}/{total} {what}',
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  bar.start(total, 0, { what: '' });
  return { update: (done, what) => bar.update(Math.min(done, total), { what }), stop: () => bar.stop() };
}

function lines(total: number): ProgressBar {
  let last = '';
  return {
    update(done, what) {
      const tenth = Math.min(10, Math.floor((10 * done) / total));
      const line = `${tenth}0 % ${what}`;
      if (line !== last) process.stderr.write(`${tenth}0 %, ${done}/${total} ${what}\n`);
      last = line;
    },
    stop: () => undefined,
  };
}
