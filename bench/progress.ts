import { SingleBar } from 'cli-progress';

/** Shows that work goes on. Writes to standard error, so that the table alone is the output. */
export interface Progress {
  /** One step of the announced total begins. */
  step(what: string): void;
  stop(): void;
}

export function createProgress(total: number): Progress {
  return process.stderr.isTTY ? barProgress(total) : lineProgress(total);
}

function barProgress(total: number): Progress {
  const bar = new SingleBar({
    format: '{bar} {value}/{total} {what}',
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  let begun = 0;
  bar.start(total, 0, { what: '' });
  return {
    step(what) {
      bar.update(begun, { what });
      begun += 1;
    },
    stop: () => bar.stop(),
  };
}

function lineProgress(total: number): Progress {
  let begun = 0;
  return {
    step(what) {
      begun += 1;
      process.stderr.write(`${begun}/${total} ${what}\n`);
    },
    stop: () => undefined,
  };
}
