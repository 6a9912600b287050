import type { Tenant } from '../src/domain/tenant.ts';
import type { Service } from '../src/upstream/port.ts';
import {
  buffResource,
  characterDocument,
  compartmentDocument,
  itemStringResource,
  type Page,
  pagedDocument,
  type Resource,
  skillDataDocument,
  skillResource,
  statisticsDocument,
} from './documents.ts';
import { ITEM_TEMPLATES } from './item-templates.ts';
import { CONSUMABLES, SKILL_TEMPLATES } from './skill-templates.ts';
import type { World } from './world.ts';

/** What a request asks for. */
export interface Question {
  readonly service: Service;
  readonly resource:
    | 'character'
    | 'compartment'
    | 'buffs'
    | 'skills'
    | 'skill-data'
    | 'statistics'
    | 'item-string'
    | 'item-search';
  /** Of the character, the skill or the item template; 0 when nothing is named. */
  readonly id: number;
}

/** `document` undefined: an empty body. */
export interface Answer {
  readonly status: number;
  readonly document: object | undefined;
}

const ROUTES: readonly (readonly [RegExp, Service, Question['resource']])[] = [
  [/^\/characters\/(\d+)$/, 'characters', 'character'],
  [/^\/characters\/(\d+)\/inventory\/compartments$/, 'inventory', 'compartment'],
  [/^\/characters\/(\d+)\/buffs$/, 'buffs', 'buffs'],
  [/^\/characters\/(\d+)\/skills$/, 'skills', 'skills'],
  [/^\/data\/skills\/(\d+)$/, 'data', 'skill-data'],
  [/^\/data\/equipment\/(\d+)$/, 'data', 'statistics'],
  [/^\/data\/item-strings\/(\d+)$/, 'data', 'item-string'],
  [/^\/data\/item-strings()$/, 'data', 'item-search'],
];

/** Where the services are mounted. */
export const PREFIX = '/api';

const PAGE_SIZE_MAX = 250;
/** The cap of searches. */
const SEARCH_PAGE_MAX = 50;
const NOT_FOUND: Answer = { status: 404, document: undefined };
const BAD_REQUEST: Answer = errorAnswer(400, 'Bad Request');
/** `type` of the compartment that holds equipment, worn or not. */
const EQUIPMENT_TYPE = '1';

/** undefined: no service has such a path. */
export function questionOf(path: string): Question | undefined {
  if (!path.startsWith(PREFIX)) return undefined;
  for (const [pattern, service, resource] of ROUTES) {
    const id = pattern.exec(path.slice(PREFIX.length))?.[1];
    if (id !== undefined) return { service, resource, id: Number(id) };
  }
  return undefined;
}

export function errorAnswer(status: number, title: string): Answer {
  return { status, document: { errors: [{ status: String(status), title }] } };
}

/** Answers from the truth as it was `lag` ms ago. The tenant is undefined when the world has no such tenant. */
export function answerTo(world: World, question: Question, tenant: Tenant | undefined, url: URL, lag: number): Answer {
  const { resource, id } = question;
  if (tenant === undefined) return NOT_FOUND;
  if (resource === 'skill-data') {
    const template = SKILL_TEMPLATES.get(id);
    return template === undefined ? NOT_FOUND : found(skillDataDocument(template));
  }
  if (resource === 'statistics') {
    const template = ITEM_TEMPLATES.get(id);
    if (template !== undefined) return found(statisticsDocument(template, world.format));
    return world.format === 'S' ? { status: 500, document: undefined } : NOT_FOUND;
  }
  if (resource === 'item-string') {
    const name = ITEM_NAMES.get(id);
    return name === undefined ? NOT_FOUND : found({ data: itemStringResource(id, name) });
  }
  if (resource === 'item-search') return searchItems(world, url);
  const character = world.find({ tenant, characterId: id }, lag);
  switch (resource) {
    case 'character':
      return character === undefined ? NOT_FOUND : found(characterDocument(character));
    case 'compartment':
      if (character === undefined || url.searchParams.get('type') !== EQUIPMENT_TYPE) return NOT_FOUND;
      return found(compartmentDocument(character, world.format, PREFIX));
    case 'buffs':
      if (character?.everBuffed !== true) return NOT_FOUND;
      return list(
        world,
        character.buffs.map((buff) => buffResource(buff, world.format)),
        url,
      );
    case 'skills':
      return list(world, character?.skills.map(skillResource) ?? [], url);
  }
}

/** What eating or drinking is called too: its buffs bear its id. */
const ITEM_NAMES: ReadonlyMap<number, string> = new Map([
  ...[...ITEM_TEMPLATES.values()].map(({ templateId, name }): [number, string] => [templateId, name]),
  ...CONSUMABLES.map(({ itemId, name }): [number, string] => [itemId, name]),
]);

/** Items whose id begins with what is looked for, or whose name has it in it. */
function searchItems(world: World, url: URL): Answer {
  const wanted = (url.searchParams.get('search') ?? '').trim().toLowerCase();
  if (url.searchParams.has('search') && wanted === '') return BAD_REQUEST;
  const matches = [...ITEM_NAMES].filter(
    ([id, name]) => String(id).startsWith(wanted) || name.toLowerCase().includes(wanted),
  );
  const resources = matches.map(([id, name]) => itemStringResource(id, name));
  return list(world, resources, url, SEARCH_PAGE_MAX);
}

function found(document: object): Answer {
  return { status: 200, document };
}

function list(world: World, resources: readonly Resource[], url: URL, sizeMax = PAGE_SIZE_MAX): Answer {
  if (world.format === 'S') return found({ data: resources });
  const page = pageOf(url.searchParams, sizeMax);
  return page === undefined ? BAD_REQUEST : found(pagedDocument(resources, page, url.pathname, url.searchParams));
}

/** undefined: not acceptable, `limit` of old included. */
function pageOf(query: URLSearchParams, sizeMax: number): Page | undefined {
  const number = Number(query.get('page[number]') ?? 1);
  const size = Number(query.get('page[size]') ?? sizeMax);
  const acceptable = Number.isInteger(number) && Number.isInteger(size) && number >= 1 && size >= 1;
  return acceptable && size <= sizeMax && !query.has('limit') ? { number, size } : undefined;
}
