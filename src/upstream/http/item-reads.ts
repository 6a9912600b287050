import type { UpstreamGates } from '../gate.ts';
import type { ItemSource } from '../item-source.ts';
import { gateOpen } from '../upstream-errors.ts';
import { readTemplate } from './data-answer.ts';
import { readAssets } from './inventory-answer.ts';
import { type CommonsOf, compartmentPath, type RequestCommons } from './part-reader.ts';
import type { ServiceClient } from './service-client.ts';

export interface ItemReadsOptions {
  /** Of connections of their own: whoever tries on items must not keep loads and healing waiting. */
  readonly clients: Readonly<Record<'inventory' | 'data', ServiceClient>>;
  readonly gates: Pick<UpstreamGates, 'inventory' | 'data'>;
  readonly commonsOf: CommonsOf;
}

/**
 * What previews ask. Nothing is asked for while the gate is open, and it is not told how a read went: whoever asks chooses the
 * template, and one that does not exist is a 500 in format S.
 */
export function createItemReads({ clients, gates, commonsOf }: ItemReadsOptions): ItemSource {
  const commons = (service: keyof typeof clients, target: Parameters<CommonsOf>[0]): RequestCommons => {
    if (gates[service].state === 'open') throw gateOpen(service);
    return commonsOf(target, false);
  };
  return {
    async items(target) {
      const request = { ...commons('inventory', target), path: compartmentPath(target.characterId) };
      const items = await clients.inventory.get(request, (document) => readAssets(document, () => true));
      return items === 'missing' ? [] : items;
    },
    async template(target, templateId) {
      const request = { ...commons('data', target), path: `data/equipment/${templateId}` };
      return clients.data.get(request, (document) => readTemplate(document, templateId));
    },
  };
}
