import type { EventBase } from '../domain/event.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { RecordHeaders } from '../wire/record-headers.ts';

/** Where an event comes from: what its record says about it beside the value. */
export interface RecordOrigin {
  readonly tenant: Tenant;
  readonly headers: RecordHeaders;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly behind: string | undefined;
  readonly replayed: boolean;
}

/** What every event has; built only for records that turn out to be one. */
export function eventBaseOf(origin: RecordOrigin, characterId: CharacterId): EventBase {
  return {
    tenant: origin.tenant,
    characterId,
    recordTime: origin.timestamp,
    context: origin.headers.context(),
    backlog: origin.behind,
    replayed: origin.replayed,
  };
}
