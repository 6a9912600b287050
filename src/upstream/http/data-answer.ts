import type { BuffChange } from '../../domain/event.ts';
import type { EquipmentRequirements, SkillData, SkillEffect } from '../../domain/static-data.ts';
import {
  field,
  INT32,
  integer,
  invalidField,
  isObject,
  type Json,
  list,
  optionalInteger,
  text,
} from '../../wire/go-json.ts';
import type { ItemTemplate } from '../item-source.ts';
import { onlyResource } from './documents.ts';
import { readStats } from './inventory-answer.ts';

/** `data/skills/{id}` */
export function readSkillData(document: unknown, skillId: number): SkillData {
  const { attributes } = onlyResource(document, 'skills', skillId);
  const action = field(attributes, 'action');
  if (typeof action !== 'boolean') throw invalidField('data.attributes.action', 'a boolean', action);
  const effects = list(attributes, 'effects', 'data.attributes.effects').map((effect, index) =>
    effectOf(effect, `data.attributes.effects[${index}]`),
  );
  return { action, effects };
}

/** `data/equipment/{templateId}`. Format S knows no requirements: nothing is demanded then. */
export function readRequirements(document: unknown, templateId: number): EquipmentRequirements {
  const { attributes } = onlyResource(document, 'statistics', templateId);
  const demanded = (key: string): number => optionalInteger(attributes, key, INT32, `data.attributes.${key}`) ?? 0;
  return {
    level: demanded('reqLevel'),
    job: demanded('reqJob'),
    strength: demanded('reqStr'),
    dexterity: demanded('reqDex'),
    intelligence: demanded('reqInt'),
    luck: demanded('reqLuk'),
    // Also written reqPop: keys match whatever their case.
    fame: demanded('reqPOP'),
  };
}

/** The same answer, for what an item of the template is like as it drops. `cash` is false when it is left out. */
export function readTemplate(document: unknown, templateId: number): ItemTemplate {
  const { attributes } = onlyResource(document, 'statistics', templateId);
  const cash = field(attributes, 'cash') ?? false;
  if (typeof cash !== 'boolean') throw invalidField('data.attributes.cash', 'a boolean', cash);
  return { stats: readStats(attributes, 'data.attributes'), cash };
}

/** Numbers that the service leaves out (today `z`) are 0. */
function effectOf(value: unknown, path: string): SkillEffect {
  if (!isObject(value)) throw invalidField(path, 'an object', value);
  const number = (key: string): number => optionalInteger(value, key, INT32, `${path}.${key}`) ?? 0;
  return {
    weaponAttack: number('weaponAttack'),
    magicAttack: number('magicAttack'),
    weaponDefense: number('weaponDefense'),
    magicDefense: number('magicDefense'),
    accuracy: number('accuracy'),
    avoidability: number('avoidability'),
    speed: number('speed'),
    jump: number('jump'),
    hp: number('hp'),
    mp: number('mp'),
    x: number('x'),
    y: number('y'),
    z: number('z'),
    statups: statupsOf(value, `${path}.statups`),
  };
}

function statupsOf(effect: Json, path: string): readonly BuffChange[] {
  return list(effect, 'statups', path).map((statup, index) => {
    if (!isObject(statup)) throw invalidField(`${path}[${index}]`, 'an object', statup);
    return {
      type: text(statup, 'type', `${path}[${index}].type`),
      amount: integer(statup, 'amount', INT32, `${path}[${index}].amount`),
    };
  });
}
