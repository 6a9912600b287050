import type { PartSnapshot, WornAsset } from '../../domain/snapshot.ts';
import { STATS, type Stat, type StatRow } from '../../domain/stat.ts';
import { ASSET_FIELD, ASSET_FIELDS, EQUIPMENT_REFERENCES } from '../../wire/asset-stats.ts';
import {
  field,
  INT16,
  INT32,
  integer,
  isObject,
  type Json,
  list,
  object,
  optionalInteger,
  optionalObject,
  text,
  UINT32,
} from '../../wire/go-json.ts';
import { contradiction, numericId, type Resource, requireType, resourceOf, rootOf } from './documents.ts';

/** The compartment that holds equipment, worn or not. */
const EQUIPMENT_TYPE = 1;

/** What is worn. */
export function readCompartment(document: unknown): PartSnapshot {
  return { part: 'equipment', assets: readAssets(document, (slot) => slot < 0) };
}

/** The equipment whose slot is wanted; the others are not looked at. Slots below 0 are worn, the others in the bag. */
export function readAssets(document: unknown, isWanted: (slot: number) => boolean): WornAsset[] {
  const root = rootOf(document);
  const compartment = object(root, 'data');
  requireType(compartment, 'compartments', 'data');
  const attributes = object(compartment, 'attributes', 'data.attributes');
  if (integer(attributes, 'type', INT32, 'data.attributes.type') !== EQUIPMENT_TYPE) {
    throw contradiction('data.attributes.type: expected the compartment of equipment, got another');
  }
  const included = list(root, 'included');
  const ids = new Set<string>();
  const assets: WornAsset[] = [];
  for (let index = 0; index < included.length; index += 1) {
    const path = `included[${index}]`;
    const value = included[index];
    if (!isObject(value) || field(value, 'type') !== 'assets') continue;
    const resource = resourceOf(value, 'assets', path);
    if (ids.has(resource.id)) throw contradiction(`${path}.id: expected every asset once, got one again`);
    ids.add(resource.id);
    const asset = assetOf(resource, path, isWanted);
    if (asset !== undefined) assets.push(asset);
  }
  requireAll(compartment, ids);
  return assets;
}

/** An asset that the compartment lists and the answer leaves out would look like one that was taken off. */
function requireAll(compartment: Json, included: ReadonlySet<string>): void {
  const relationships = optionalObject(compartment, 'relationships', 'data.relationships');
  const assets = relationships && optionalObject(relationships, 'assets', 'data.relationships.assets');
  if (assets === undefined) return;
  for (const related of list(assets, 'data', 'data.relationships.assets.data')) {
    const id = isObject(related) ? field(related, 'id') : undefined;
    if (typeof id !== 'string' || !included.has(id)) {
      throw contradiction('included: expected every related asset, got not all');
    }
  }
}

/** undefined: it lies in a slot that is not wanted, or is no equipment. */
function assetOf(
  { id, attributes }: Resource,
  path: string,
  isWanted: (slot: number) => boolean,
): WornAsset | undefined {
  const at = `${path}.attributes`;
  const slot = integer(attributes, 'slot', INT16, `${at}.slot`);
  if (!isWanted(slot)) return undefined;
  const nested = optionalObject(attributes, 'referenceData', `${at}.referenceData`);
  const hasReference = (field(attributes, 'referenceType') ?? null) !== null;
  const reference = hasReference ? text(attributes, 'referenceType', `${at}.referenceType`) : '';
  if (reference !== '' && !EQUIPMENT_REFERENCES.includes(reference)) return undefined;
  return {
    assetId: numericId(id, `${path}.id`),
    templateId: integer(attributes, 'templateId', UINT32, `${at}.templateId`),
    slot,
    stats: nested === undefined ? readStats(attributes, at) : readStats(nested, `${at}.referenceData`),
  };
}

/** The stats of an item, or of a template; those that are left out are 0, but not all of them. */
export function readStats(holder: Json, path: string): StatRow {
  if (ASSET_FIELDS.every((key) => field(holder, key) === undefined)) {
    throw contradiction(`${path}: expected stats, got none`);
  }
  const stats: Partial<Record<Stat, number>> = {};
  for (const stat of STATS) {
    const key = ASSET_FIELD[stat];
    const value = optionalInteger(holder, key, INT32, `${path}.${key}`) ?? 0;
    if (value > 0) stats[stat] = value;
  }
  return stats;
}
