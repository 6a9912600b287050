/** What a sheet showed at a moment that is past: whole when it was seen then, else its numbers alone. */

export function valuesOf(stats) {
  return Object.fromEntries(stats.map(({ statType, value }) => [statType, value]));
}

/**
 * `at` is the position in `changes` after which is looked; undefined: now. `remembered` are the explanations that this page has
 * seen, the oldest first.
 */
export function sheetAt(at, changes, document, remembered) {
  const attributes = document?.data.attributes;
  if (at === undefined || attributes === undefined)
    return { stats: attributes?.stats ?? [], attributes, isWhole: true };
  const from = at < 0 ? Number.NEGATIVE_INFINITY : Date.parse(changes[at]?.at);
  const until = Date.parse(changes[at + 1]?.at ?? '9999-01-01T00:00:00Z');
  const values = valuesAt(at, changes, valuesOf(attributes.stats));
  const seen = remembered.find(({ data }) => {
    const moment = Date.parse(data.attributes.now);
    return moment >= from && moment < until && sameValues(valuesOf(data.attributes.stats), values);
  });
  if (seen !== undefined) return { stats: seen.data.attributes.stats, attributes: seen.data.attributes, isWhole: true };
  const stats = attributes.stats.map(({ statType }) => ({
    statType,
    value: values[statType],
    uncapped: values[statType],
    phases: [],
  }));
  return { stats, attributes: undefined, isWhole: false };
}

/** Takes back what changed later. */
export function valuesAt(at, changes, now) {
  const values = { ...now };
  for (const { stats } of changes.slice(at + 1).reverse()) {
    for (const { statType, from } of stats) values[statType] = from;
  }
  return values;
}

function sameValues(one, other) {
  return Object.keys(one).every((stat) => one[stat] === other[stat]);
}

/** How long before a read lies the event that asked for it, at most, ms. */
const ASKED_MS = 5_000;

/** Those that moved a number; of a read, with the event that asked for it as `after`. */
export function visibleChanges(changes) {
  return changes.flatMap((change, index) => {
    if (change.stats.length === 0) return [];
    const asked = changes
      .slice(Math.max(0, index - 3), index)
      .reverse()
      .find(
        ({ stats, cause, at }) =>
          cause.kind === 'event' && stats.length === 0 && Date.parse(change.at) - Date.parse(at) < ASKED_MS,
      );
    return [change.cause.kind === 'read' && asked !== undefined ? { ...change, after: asked.cause } : change];
  });
}
