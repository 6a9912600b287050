/** Errors may cause each other. */
const DEPTH_MAX = 5;

/** An error and what caused it, in one line and without stacks: the message, then that of each cause that adds something. */
export function causeText(error: unknown): string {
  const texts: string[] = [];
  let each = error;
  for (let depth = 0; depth < DEPTH_MAX && each !== undefined; depth += 1, each = causeOf(each)) {
    const text = messageOf(each);
    if (text !== '' && !texts.some((before) => before.includes(text))) texts.push(text);
  }
  return texts.join(': ').replaceAll(/\s+/g, ' ');
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function messageOf(error: unknown): string {
  // Of a name with several addresses: it has no message of its own.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message || error.name : String(error);
}
