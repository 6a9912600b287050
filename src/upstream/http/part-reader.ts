import type { Part } from '../../domain/part.ts';
import type { PartSnapshot } from '../../domain/snapshot.ts';
import type { UpstreamTarget } from '../port.ts';
import { invalidAnswer } from '../upstream-errors.ts';
import { buffsSnapshot, readBuff } from './buffs-answer.ts';
import { readCharacter } from './character-answer.ts';
import { type DocumentPage, PAGE_SIZE, pageOf, type Resource } from './documents.ts';
import { readCompartment } from './inventory-answer.ts';
import type { ServiceClient, ServiceRequest } from './service-client.ts';
import { readSkill, skillsSnapshot } from './skills-answer.ts';

/** What every request of one fetch has in common. */
export type RequestCommons = Omit<ServiceRequest, 'path'>;

/** Of requests for a tenant because of an event or a read; `probe`: for a gate, with a short deadline and one attempt. */
export type CommonsOf = (target: Pick<UpstreamTarget, 'tenant' | 'context'>, probe: boolean) => RequestCommons;

/** Reads one part of one character from its service. */
export type PartReader = (
  client: ServiceClient,
  characterId: number,
  commons: RequestCommons,
) => Promise<PartSnapshot | 'missing'>;

/** The compartment of equipment, worn or not, with its assets (docs/reference/upstream.md). */
export function compartmentPath(characterId: number): string {
  return `characters/${characterId}/inventory/compartments?type=1&include=assets`;
}

/** Only the character service knows who exists: where the others answer 404, there is nothing. */
export function createPartReaders(): Readonly<Record<Part, PartReader>> {
  return {
    base: (client, id, commons) =>
      client.get({ ...commons, path: `characters/${id}` }, (document) => readCharacter(document, id)),

    async equipment(client, id, commons) {
      const request = { ...commons, path: compartmentPath(id) };
      const snapshot = await client.get(request, readCompartment);
      return snapshot === 'missing' ? { part: 'equipment', assets: [] } : snapshot;
    },

    buffs: async (client, id, commons) =>
      buffsSnapshot(await readPages(client, 'buffs', `characters/${id}/buffs`, commons, readBuff)),

    passives: async (client, id, commons) =>
      skillsSnapshot(await readPages(client, 'skills', `characters/${id}/skills`, commons, readSkill)),
  };
}

/**
 * Everything on all pages; empty for a 404. Pages that do not fit together (the list changed in between) are no answer: an
 * entry may have slipped from one page to the other.
 */
async function readPages<T>(
  client: ServiceClient,
  service: 'buffs' | 'skills',
  path: string,
  commons: RequestCommons,
  read: (resource: Resource, path: string) => T,
): Promise<readonly T[]> {
  const page = (number: number): Promise<DocumentPage<T> | 'missing'> =>
    client.get({ ...commons, path: `${path}?page[number]=${number}&page[size]=${PAGE_SIZE}` }, (document) =>
      pageOf(document, service, number, read),
    );
  const first = await page(1);
  if (first === 'missing') return [];
  const items = [...first.items];
  for (let number = 2; number <= first.last; number += 1) {
    const next = await page(number);
    if (next === 'missing' || next.last !== first.last) {
      throw invalidAnswer(service, 'the list changed while it was read in pages');
    }
    items.push(...next.items);
  }
  if (first.total !== undefined && first.total !== items.length) {
    throw invalidAnswer(service, 'meta.total: expected the number of resources, got another');
  }
  return items;
}
