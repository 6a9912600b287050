import type { RecordedAnswer, RecordedEvent, RecordingHead, RecordingLine } from './recording.ts';
import { DEFAULT_TENANT, tenant } from './values.ts';

/** Fields that say who somebody is, in events and answers. */
const NAMES = ['name', 'ownerName', 'accountName'];
const ACCOUNTS = ['accountId'];

/** Takes names, accounts and the tenant's id out; character ids stay, because everything hangs together by them. */
export function createAnonymizer(tenantId: string): (line: RecordingLine) => RecordingLine {
  const { id } = tenant('DEFAULT_TENANT', DEFAULT_TENANT);
  const renamed = (text: string): string => text.replaceAll(new RegExp(tenantId, 'gi'), id);
  return (line) => {
    switch (line.kind) {
      case 'recording':
        return { ...line, tenant: renamed(line.tenant), settings: settingsOf(line, renamed) };
      case 'event':
        return { ...line, headers: headersOf(line, id), value: nameless(line.value) };
      case 'answer':
        return { ...line, body: renamed(bodyOf(line)) };
      case 'stats':
        return line;
    }
  };
}

function settingsOf({ settings }: RecordingHead, renamed: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, renamed(value)]));
}

function headersOf({ headers }: RecordedEvent, id: string): (readonly [string, string])[] {
  return headers.map(([name, value]) => [name, name === 'TENANT_ID' ? Buffer.from(id).toString('base64') : value]);
}

function bodyOf({ body }: RecordedAnswer): string {
  try {
    return JSON.stringify(nameless(JSON.parse(body)));
  } catch {
    return body;
  }
}

function nameless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nameless);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    if (NAMES.includes(key) && typeof inner === 'string') return [key, 'somebody'];
    if (ACCOUNTS.includes(key) && typeof inner === 'number') return [key, 0];
    return [key, nameless(inner)];
  });
  return Object.fromEntries(entries);
}
