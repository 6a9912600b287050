/** Entries of one kind kept per character; the oldest goes first beyond this. A game master knows about a thousand skills. */
export const ENTRIES_MAX = 4_096;

/** Small lists are searched: they hold a few dozen entries. undefined: empty, which most characters' lists are. */
export type Entries<Entry> = Entry[] | undefined;

/** Replaces the entry that matches, else appends; bounded. The list may change in place. */
export function put<Entry>(entries: Entries<Entry>, entry: Entry, matches: (other: Entry) => boolean): Entry[] {
  if (entries === undefined) return [entry];
  const index = entries.findIndex(matches);
  if (index >= 0) {
    entries[index] = entry;
    return entries;
  }
  entries.push(entry);
  if (entries.length > ENTRIES_MAX) entries.shift();
  return entries;
}

/** The entries that are to be kept, in a list of their own. */
export function keep<Entry>(entries: Entries<Entry>, isKept: (entry: Entry) => boolean): Entries<Entry> {
  const kept = entries?.filter(isKept);
  return kept === undefined || kept.length === 0 ? undefined : kept;
}
