import { tenantOf } from '../../domain/tenant.ts';
import type { Gate } from '../gate.ts';
import type { Service } from '../port.ts';
import { wasRefused, wasRefusedWith } from '../upstream-errors.ts';
import { type CommonsOf, compartmentPath } from './part-reader.ts';
import type { ServiceClient } from './service-client.ts';

/** For questions that are about nobody. */
const NOBODY = tenantOf('00000000-0000-0000-0000-000000000000', 'GMS', 83, 1);
const PATHS_OF_NOBODY: Readonly<Record<Service, string>> = {
  characters: 'characters/0',
  inventory: compartmentPath(0),
  buffs: 'characters/0/buffs',
  skills: 'characters/0/skills',
  data: 'data/skills/0',
};
/** What proxies answer when the service behind them does not. */
const GATEWAY_ERRORS = [502, 503, 504];

/** See HttpUpstream.askWhetherThere. */
export async function askWhetherThere(
  service: Service,
  client: ServiceClient,
  gate: Gate,
  commonsOf: CommonsOf,
): Promise<void> {
  const request = { ...commonsOf({ tenant: NOBODY, context: undefined }, true), path: PATHS_OF_NOBODY[service] };
  const ask = async (isProbe: boolean): Promise<void> => {
    try {
      await client.get(request, () => undefined);
    } catch (error) {
      // Whoever refuses is there. But a probe lets everybody's reads through: there only a refusal of this very question counts.
      const isGateway = GATEWAY_ERRORS.some((status) => wasRefusedWith(status, error));
      const isThere = isProbe ? wasRefusedWith(400, error) : wasRefused(error) && !isGateway;
      if (!isThere) throw error;
    }
  };
  return gate.state === 'open' ? gate.run(NOBODY, 0, ask) : ask(false);
}
