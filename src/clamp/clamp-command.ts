import type { EventContext } from '../domain/event.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';

/** Tells the character service that a maximum has fallen, so that it lowers the current value. */
export interface ClampCommand {
  readonly type: 'CLAMP_HP' | 'CLAMP_MP';
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  /** Where the character plays now. */
  readonly worldId: number;
  readonly channelId: number;
  /** uint16 */
  readonly maxValue: number;
  readonly context: EventContext | undefined;
}

/** Sends commands. An implementer owes: the promise resolves only when all of them are stored, and rejects otherwise. */
export interface CommandProducer {
  send(commands: readonly ClampCommand[]): Promise<void>;
  close(): Promise<void>;
}
