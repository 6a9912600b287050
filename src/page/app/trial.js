import { grouped, STAT_NAMES, signed } from './words.js';

/** What can be tried. Each change is plain data, so that it fits into an address. */

export const BASE_FIELDS = {
  level: 'Level',
  jobId: 'Job id',
  strength: 'STR',
  dexterity: 'DEX',
  intelligence: 'INT',
  luck: 'LUK',
  max_hp: 'MaxHP',
  max_mp: 'MaxMP',
  fame: 'Fame',
};

/** Buff types that raise a stat, with the unit of their amount. */
export const BUFF_TYPES = {
  WEAPON_ATTACK: ['weapon_attack', ''],
  MAGIC_ATTACK: ['magic_attack', ''],
  WEAPON_DEFENSE: ['weapon_defense', ''],
  MAGIC_DEFENSE: ['magic_defense', ''],
  ACCURACY: ['accuracy', ''],
  AVOIDABILITY: ['avoidability', ''],
  SPEED: ['speed', ''],
  JUMP: ['jump', ''],
  HYPER_BODY_HP: ['max_hp', ' %'],
  HYPER_BODY_MP: ['max_mp', ' %'],
  MAPLE_WARRIOR: [undefined, ' % of the base of all abilities'],
};

export function buffText(type, amount) {
  const [stat, unit] = BUFF_TYPES[type] ?? [undefined, ''];
  return `${stat === undefined ? 'Maple Warrior' : STAT_NAMES[stat]} ${signed(amount)}${unit}`;
}

export function changeText(change) {
  switch (change.kind) {
    case 'off':
      return `without ${change.name}`;
    case 'on':
      return `with ${change.name}`;
    case 'drop':
      return `without the buff ${change.name}`;
    case 'buff':
      return `with a buff, ${buffText(change.type, change.amount)}`;
    case 'base':
      return `${BASE_FIELDS[change.field] ?? change.field} ${grouped(change.value)}`;
    default:
      return 'something unknown';
  }
}

/** The body of a preview, in the words that explain prints. Buffs that are made up get sources that no skill or item has. */
export function bodyOf(changes) {
  const of = (kind) => changes.filter((change) => change?.kind === kind);
  return {
    takeOff: of('off').map(({ source }) => source),
    putOn: of('on').map(({ templateId }) => ({ templateId })),
    removeBuffs: of('drop').map(({ source }) => Number(source.split(':')[1])),
    addBuffs: of('buff').map(({ type, amount }, index) => ({ sourceId: -1 - index, changes: [{ type, amount }] })),
    base: Object.fromEntries(of('base').map(({ field, value }) => [field, value])),
  };
}
