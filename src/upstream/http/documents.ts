import {
  field,
  fits,
  integer,
  invalidField,
  isObject,
  type Json,
  list,
  object,
  optionalInteger,
  optionalObject,
  text,
  UINT32,
  type Width,
} from '../../wire/go-json.ts';
import { Undecodable } from '../../wire/undecodable.ts';
import { ForeignDocument } from './owner.ts';

/*
 * What all answers share (JSON:API). The readers throw Undecodable, with the field's path and without what it held, as
 * those of events do: services and producers are the same programs and write JSON alike.
 */

export const PAGE_SIZE = 250;
/** Nobody has as many skills or buffs; a larger `meta.page.last` is a defect that would keep this service asking. */
const PAGES_MAX = 40;
const PAGES: Width = { name: `at most ${PAGES_MAX} pages`, min: 0, max: PAGES_MAX };

/** What the services call their resources. */
export type ResourceType =
  | 'characters'
  | 'compartments'
  | 'assets'
  | 'buffs'
  | 'skills'
  | 'statistics'
  | 'item-strings';

export interface Resource {
  readonly id: string;
  readonly attributes: Json;
}

export function contradiction(what: string): Undecodable {
  return new Undecodable('invalid-field', what);
}

/** The one resource of a document, which must be of the type and about the id that were asked for. */
export function onlyResource(document: unknown, type: ResourceType, id: number): Resource {
  const resource = resourceOf(object(rootOf(document), 'data'), type, 'data');
  if (resource.id !== String(id)) throw contradiction('data.id: expected the id that was asked for, got another');
  return resource;
}

export function rootOf(document: unknown): Json {
  if (!isObject(document)) throw invalidField('the document', 'an object', document);
  return document;
}

/** Another type than the one that was asked for comes from another service; none at all says nothing. */
export function resourceOf(value: unknown, type: ResourceType, path: string): Resource {
  if (!isObject(value)) throw invalidField(path, 'an object', value);
  requireType(value, type, path);
  return { id: text(value, 'id', `${path}.id`), attributes: object(value, 'attributes', `${path}.attributes`) };
}

export function requireType(resource: Json, type: ResourceType, path: string): void {
  const given = field(resource, 'type') ?? undefined;
  if (given !== undefined && given !== type) throw new ForeignDocument(`${path}.type: expected ${type}, got another`);
}

/** A uint32 that is written as a string, as resource ids are. */
export function numericId(id: string, path: string): number {
  const value = /^\d{1,10}$/.test(id) ? Number(id) : Number.NaN;
  if (!fits(value, UINT32)) throw contradiction(`${path}: expected a uint32 in a string, got another`);
  return value;
}

/** One page of a list; a service that does not page answers one page that is all. */
export interface DocumentPage<T> {
  readonly items: readonly T[];
  /** Number of the last page, from 1. */
  readonly last: number;
  /** Resources on all pages; undefined: not said. */
  readonly total: number | undefined;
}

/** Reads the page of that number; `read` gets each resource and its path. */
export function pageOf<T>(
  document: unknown,
  type: ResourceType,
  number: number,
  read: (resource: Resource, path: string) => T,
): DocumentPage<T> {
  const root = rootOf(document);
  const data = field(root, 'data');
  if (data === undefined) throw invalidField('data', 'a list', data);
  const items = list(root, 'data').map((value, index) =>
    read(resourceOf(value, type, `data[${index}]`), `data[${index}]`),
  );
  const meta = optionalObject(root, 'meta');
  const page = meta === undefined ? undefined : optionalObject(meta, 'page', 'meta.page');
  if (meta === undefined || page === undefined) return { items, last: 1, total: undefined };
  const answered = optionalInteger(page, 'number', UINT32, 'meta.page.number') ?? number;
  if (answered !== number) throw contradiction('meta.page.number: expected the page that was asked for, got another');
  return {
    items,
    last: integer(page, 'last', PAGES, 'meta.page.last'),
    total: optionalInteger(meta, 'total', UINT32, 'meta.total'),
  };
}
