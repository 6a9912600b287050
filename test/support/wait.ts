import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `check` gives something other than undefined or false, and returns it. A check that throws counts as "not
 * yet". Rejects after `deadlineMs` with `what` in the message.
 */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  deadlineMs = 15_000,
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + deadlineMs;
  let failure: unknown;
  for (;;) {
    try {
      const result = await check();
      if (isAnswer(result)) return result;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`waited ${deadlineMs} ms in vain until ${what}`, { cause: failure });
    }
    await delay(10);
  }
}

function isAnswer<T>(result: T): result is Exclude<T, undefined | false> {
  return result !== undefined && result !== false;
}
