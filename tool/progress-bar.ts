import { SingleBar } from 'cli-progress';

export interface ProgressBar {
  /** Elsewhere than on a terminal, `detail` alone is no reason for a line. */
  update(done: number, what: string, detail?: string): void;
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
  return {
    update: (done, what, detail = '') => bar.update(Math.min(done, total), { what: `${what}${detail}` }),
    stop: () => bar.stop(),
  };
}

function lines(total: number): ProgressBar {
  let last = '';
  return {
    update(done, what, detail = '') {
      const tenth = Math.min(10, Math.floor((10 * done) / total));
      const line = `${tenth} ${what}`;
      if (line !== last) process.stderr.write(`${10 * tenth} %, ${done}/${total} ${what}${detail}\n`);
      last = line;
    },
    stop: () => undefined,
  };
}
