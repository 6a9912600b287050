import type { SkillEffect } from '../src/domain/static-data.ts';
import { flatAsset, referenceOf } from './asset-document.ts';
import { formatInstant, ZERO_TIME } from './go-time.ts';
import { type ItemTemplate, placeOf } from './item-templates.ts';
import type { Asset, Buff, Character, Format, LearntSkill } from './model.ts';
import type { SkillTemplate } from './skill-templates.ts';

/** JSON:API resources and documents as the Atlas services write them, fields in their order. */
export interface Resource {
  readonly type: string;
  readonly id: string;
  readonly attributes: object;
}

export function characterDocument({ characterId, base, ...character }: Character): object {
  const attributes = {
    accountId: character.accountId,
    worldId: character.worldId,
    name: character.name,
    level: base.level,
    experience: 0,
    gachaponExperience: 0,
    strength: base.strength,
    dexterity: base.dexterity,
    intelligence: base.intelligence,
    luck: base.luck,
    hp: character.hp,
    maxHp: base.max_hp,
    mp: character.mp,
    maxMp: base.max_mp,
    meso: 0,
    hpMpUsed: 0,
    jobId: base.job,
    skinColor: 0,
    gender: 0,
    fame: base.fame,
    hair: 30030,
    face: 20000,
    ap: character.ap,
    sp: '0,0,0,0,0,0,0,0,0,0',
    mapId: 100_000_000,
    spawnPoint: 0,
    gm: base.gm,
    x: 0,
    y: 0,
    fh: 0,
    stance: 0,
  };
  return { data: { type: 'characters', id: String(characterId), attributes } };
}

/** `prefix` is the path that the services are mounted under, e.g. `/api`. */
export function compartmentDocument(character: Character, format: Format, prefix: string): object {
  const { compartmentId: id, assets } = character;
  const path = `${prefix}/compartments/${id}`;
  const relationship = {
    links: { related: `${path}/assets`, self: `${path}/relationships/assets` },
    data: assets.map(({ assetId }) => ({ type: 'assets', id: String(assetId) })),
  };
  const data = {
    type: 'compartments',
    id,
    attributes: { type: 1, capacity: 24 },
    relationships: { assets: relationship },
  };
  return assets.length === 0 ? { data } : { data, included: assets.map((asset) => assetResource(asset, format)) };
}

function assetResource(asset: Asset, format: Format): Resource {
  const { slot, templateId } = asset;
  const attributes =
    format === 'S'
      ? { slot, templateId, expiration: ZERO_TIME, ...referenceOf(asset) }
      : { slot, templateId, expiration: ZERO_TIME, createdAt: formatInstant(asset.createdAt), ...flatAsset(asset) };
  return { type: 'assets', id: String(asset.assetId), attributes };
}

export function buffResource(buff: Buff, format: Format): Resource {
  const { id, sourceId, level, duration, changes } = buff;
  const times = { createdAt: formatInstant(buff.createdAt), expiresAt: formatInstant(buff.expiresAt) };
  const attributes =
    format === 'S'
      ? { sourceId, duration, changes, ...times }
      : { sourceId, level, duration, changes, ...times, noExpiry: buff.expiresAt === undefined };
  return { type: 'buffs', id, attributes };
}

export function skillResource({ skillId, level, masterLevel }: LearntSkill): Resource {
  const attributes = { level, masterLevel, expiration: ZERO_TIME, cooldownExpiresAt: ZERO_TIME };
  return { type: 'skills', id: String(skillId), attributes };
}

/** S has no `req*`. */
export function statisticsDocument(template: ItemTemplate, format: Format): object {
  const { level, job, str, dex, int, luk } = template.requires;
  const { hands: _, ...stats } = template.stats;
  const requirements =
    format === 'S'
      ? {}
      : { reqLevel: level, reqJob: job, reqStr: str, reqDex: dex, reqInt: int, reqLuk: luk, reqPop: 0, reqFame: 0 };
  const today = format === 'S' ? {} : { timeLimited: false, tradeBlock: false, tradeAvailable: 0 };
  const attributes = {
    ...stats,
    slots: template.upgrades,
    ...requirements,
    cash: template.cash,
    price: 1,
    ...today,
  };
  const { name, wz, slot } = placeOf(template.templateId);
  return {
    data: {
      type: 'statistics',
      id: String(template.templateId),
      attributes,
      relationships: { slots: { data: [{ type: 'slots', id: name }] } },
    },
    included: [{ type: 'slots', id: name, attributes: { name, WZ: wz, slot } }],
  };
}

export function itemStringResource(id: number, name: string): Resource {
  return { type: 'item-strings', id: String(id), attributes: { name } };
}

export function skillDataDocument(template: SkillTemplate): object {
  const { skillId, name, action, maxLevel } = template;
  const effects = Array.from({ length: maxLevel }, (_, index) => effectOf(template.effect(index + 1)));
  const attributes = { name, description: '', action, element: 'NEUTRAL', animationTime: 0, effects };
  return { data: { type: 'skills', id: String(skillId), attributes } };
}

/** `z` is left out when it is 0; today's data service always leaves it out. */
function effectOf(given: Partial<SkillEffect>): object {
  const { weaponAttack = 0, magicAttack = 0, weaponDefense = 0, magicDefense = 0 } = given;
  const { accuracy = 0, avoidability = 0, speed = 0, jump = 0, hp = 0, mp = 0, x = 0, y = 0, z, statups = [] } = given;
  return {
    ...{ weaponAttack, magicAttack, weaponDefense, magicDefense, accuracy, avoidability, speed, jump, hp, mp },
    ...{ hpR: 0, mpR: 0, MHPRRate: 0, MMPRRate: 0, mobSkill: 0, mobSkillLevel: 0, mhpr: 0, mmpr: 0 },
    ...{ HPConsume: 0, MPConsume: 10, duration: -1, target: 0, barrier: 0, mob: 0, overTime: false },
    ...{ repeatEffect: false, moveTo: -1, cp: 0, nuffSkill: 0, skill: true, x, y, z, mobCount: 1, moneyConsume: 0 },
    ...{ cooldown: 0, morphId: 0, ghost: 0, fatigue: 0, berserk: 0, booster: 0, prop: 1, itemConsume: 0 },
    ...{ itemConsumeAmount: 0, damage: 100, attackCount: 1, fixDamage: -1, bulletCount: 1, bulletConsume: 0 },
    ...{ mapProtection: 0, cureAbnormalStatuses: [], statups, monsterStatus: {} },
    cardStats: { itemCode: 0, probability: 0, areas: null, inParty: false },
  };
}

export interface Page {
  /** From 1. */
  readonly number: number;
  readonly size: number;
}

/** One page of a list as T writes it: `path` and `query` are the request's, and the links repeat them. */
export function pagedDocument(
  resources: readonly Resource[],
  page: Page,
  path: string,
  query: URLSearchParams,
): object {
  const total = resources.length;
  const last = Math.max(1, Math.ceil(total / page.size));
  const link = (number: number): string => {
    const linked = new URLSearchParams(query);
    linked.set('page[number]', String(number));
    linked.set('page[size]', String(page.size));
    linked.sort();
    return `${path}?${linked}`;
  };
  const links = {
    first: link(1),
    last: link(last),
    next: page.number < last ? link(page.number + 1) : undefined,
    prev: page.number > 1 ? link(Math.min(page.number - 1, last)) : undefined,
    self: link(page.number),
  };
  const start = (page.number - 1) * page.size;
  return {
    links,
    data: resources.slice(start, start + page.size),
    meta: { page: { last, number: page.number, size: page.size }, total },
  };
}
