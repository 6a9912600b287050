import { CLASS_BITS } from './jobs.ts';
import { type AssetStats, NO_STATS } from './model.ts';

/** What an item template demands; 0 demands nothing. Names as in the data service's answer, without `req`. */
export interface Requirements {
  readonly level: number;
  /** Class bits, see {@link CLASS_BITS}. */
  readonly job: number;
  readonly str: number;
  readonly dex: number;
  readonly int: number;
  readonly luk: number;
}

export interface ItemTemplate {
  readonly templateId: number;
  readonly name: string;
  readonly requires: Requirements;
  /** Of an item as it drops on average. */
  readonly stats: AssetStats;
  /** Scrolls that it takes. */
  readonly upgrades: number;
  readonly cash: boolean;
}

const { warrior, magician, bowman, thief, pirate } = CLASS_BITS;

function item(
  templateId: number,
  name: string,
  requires: Partial<Requirements>,
  stats: Partial<AssetStats>,
): ItemTemplate {
  return {
    templateId,
    name,
    requires: { level: 0, job: 0, str: 0, dex: 0, int: 0, luk: 0, ...requires },
    stats: { ...NO_STATS, ...stats },
    upgrades: 7,
    cash: false,
  };
}

/** Worn for its looks, in a slot of its own. */
function cashItem(templateId: number, name: string): ItemTemplate {
  return { ...item(templateId, name, {}, {}), upgrades: 0, cash: true };
}

/** All of STR, DEX, INT and LUK. */
function abilities(value: number): Partial<AssetStats> {
  return { strength: value, dexterity: value, intelligence: value, luck: value };
}

/** Real items of the v83 game with plausible numbers; good enough to play with, not a reference. */
const WEAPONS: readonly ItemTemplate[] = [
  item(1302000, 'Sword', {}, { weaponAttack: 17 }),
  item(1302007, 'Long Sword', { level: 10 }, { weaponAttack: 25 }),
  item(1302020, 'Maple Sword', { level: 35 }, { weaponAttack: 52, strength: 1, hp: 10, mp: 10 }),
  item(1302059, 'Dragon Carabella', { level: 90, job: warrior, str: 270, dex: 80 }, { weaponAttack: 97, strength: 2 }),
  item(
    1302081,
    'Timeless Executioners',
    { level: 120, job: warrior, str: 370, dex: 110 },
    { weaponAttack: 106, strength: 5, dexterity: 2 },
  ),
  item(1402001, 'Wooden Sword', { level: 10 }, { weaponAttack: 32 }),
  item(1402039, 'Maple Soul Rohen', { level: 64, job: warrior, str: 180 }, { weaponAttack: 84, strength: 3 }),
  item(1432012, 'Maple Impaler', { level: 64, job: warrior, str: 175 }, { weaponAttack: 82, accuracy: 5 }),
  item(1442024, 'Maple Scorpio', { level: 64, job: warrior, str: 180 }, { weaponAttack: 83, speed: 5 }),
  item(1372005, 'Wooden Wand', { level: 8, job: magician }, { weaponAttack: 15, magicAttack: 23 }),
  item(
    1382009,
    'Maple Staff',
    { level: 35, job: magician },
    { weaponAttack: 35, magicAttack: 57, intelligence: 1, mp: 20 },
  ),
  item(
    1382012,
    'Maple Lama Staff',
    { level: 64, job: magician, int: 190, luk: 60 },
    { weaponAttack: 49, magicAttack: 92, intelligence: 3 },
  ),
  item(
    1372059,
    'Timeless Enreal Tear',
    { level: 120, job: magician, int: 358, luk: 120 },
    { weaponAttack: 63, magicAttack: 118, intelligence: 6 },
  ),
  item(1452002, 'War Bow', { level: 10, job: bowman, str: 20, dex: 25 }, { weaponAttack: 32 }),
  item(1452016, 'Maple Bow', { level: 35, job: bowman }, { weaponAttack: 58, dexterity: 1, hp: 10 }),
  item(
    1452022,
    'Maple Soul Searcher',
    { level: 64, job: bowman, dex: 180, str: 60 },
    { weaponAttack: 78, dexterity: 4 },
  ),
  item(
    1452057,
    'Timeless Engaw',
    { level: 120, job: bowman, dex: 360, str: 120 },
    { weaponAttack: 107, dexterity: 6, accuracy: 10 },
  ),
  item(1462014, 'Maple Crow', { level: 35, job: bowman }, { weaponAttack: 60, dexterity: 1 }),
  item(1472000, 'Garnier', { level: 10, job: thief, luk: 15 }, { weaponAttack: 10 }),
  item(1472030, 'Maple Claw', { level: 35, job: thief }, { weaponAttack: 21, luck: 1, mp: 10 }),
  item(
    1472032,
    'Maple Kandayo',
    { level: 64, job: thief, dex: 60, luk: 180 },
    { weaponAttack: 33, luck: 3, avoidability: 3 },
  ),
  item(
    1472068,
    'Timeless Lampion',
    { level: 120, job: thief, dex: 110, luk: 365 },
    { weaponAttack: 50, luck: 6, avoidability: 5 },
  ),
  item(1332025, 'Maple Wagner', { level: 64, job: thief, dex: 60, luk: 180 }, { weaponAttack: 77, luck: 3 }),
  item(1482000, 'Steel Knuckler', { level: 10, job: pirate, str: 15 }, { weaponAttack: 20 }),
  item(
    1482021,
    'Maple Storm Finger',
    { level: 64, job: pirate, str: 140, dex: 70 },
    { weaponAttack: 64, strength: 3, accuracy: 4 },
  ),
  item(1492020, 'Maple Gun', { level: 35, job: pirate }, { weaponAttack: 45, dexterity: 1 }),
  item(
    1492022,
    'Maple Cannon Shooter',
    { level: 77, job: pirate, str: 85, dex: 160 },
    { weaponAttack: 66, dexterity: 4 },
  ),
];

const ARMOUR: readonly ItemTemplate[] = [
  item(
    1002357,
    'Zakum Helmet',
    { level: 50 },
    { ...abilities(15), weaponDefense: 150, magicDefense: 150, accuracy: 20, avoidability: 20 },
  ),
  item(1002419, 'Maple Hat', { level: 30 }, { ...abilities(1), weaponDefense: 30, hp: 20, mp: 20 }),
  item(1002001, 'Metal Gear', { level: 5 }, { weaponDefense: 7 }),
  item(
    1002377,
    'Red Viking Helm',
    { level: 50, job: warrior, str: 150 },
    { weaponDefense: 70, strength: 3, accuracy: 2 },
  ),
  item(
    1002363,
    'Blue Galaxy',
    { level: 70, job: magician, int: 215, luk: 75 },
    { weaponDefense: 55, magicDefense: 60, intelligence: 4 },
  ),
  item(1040002, 'White Undershirt', {}, { weaponDefense: 3 }),
  item(1040021, 'Blue One-Lined T-Shirt', { level: 25, job: warrior, str: 75 }, { weaponDefense: 24 }),
  item(1040094, 'Dark Shadow', { level: 50, job: thief, luk: 150 }, { weaponDefense: 48, luck: 2, avoidability: 2 }),
  item(1060002, 'Blue Jean Shorts', {}, { weaponDefense: 2 }),
  item(1060016, 'Brown Lolico Pants', { level: 25, job: warrior, str: 75 }, { weaponDefense: 20 }),
  item(1060083, 'Dark Shadow Pants', { level: 50, job: thief, luk: 150 }, { weaponDefense: 40, luck: 1 }),
  item(1050018, 'Blue Sauna Robe', { level: 20 }, { weaponDefense: 30 }),
  item(1051017, 'Red Sauna Robe', { level: 20 }, { weaponDefense: 30, magicDefense: 5 }),
  item(
    1050100,
    'Blue Enigmatic',
    { level: 80, job: magician, int: 245, luk: 85 },
    { weaponDefense: 80, magicDefense: 75, intelligence: 5, mp: 50 },
  ),
  item(
    1052071,
    'Neos',
    { level: 110, job: bowman, dex: 340, str: 110 },
    { weaponDefense: 119, dexterity: 7, strength: 3 },
  ),
  item(1072001, 'Red Rubber Boots', {}, { weaponDefense: 2 }),
  item(1072238, 'Violet Snowshoes', { level: 30 }, { weaponDefense: 10, speed: 10, jump: 5 }),
  item(
    1072344,
    'Facestompers',
    { level: 120, job: warrior, str: 350, dex: 120 },
    { weaponDefense: 45, strength: 4, dexterity: 3, speed: 8, jump: 3 },
  ),
  item(
    1072273,
    'Elemental Shoes',
    { level: 100, job: magician, int: 303, luk: 103 },
    { weaponDefense: 36, intelligence: 5, hp: 30, speed: 4 },
  ),
  item(1082002, 'Work Gloves', { level: 10 }, { weaponDefense: 2, accuracy: 1 }),
  item(1082149, 'Brown Work Gloves', {}, { weaponAttack: 2, weaponDefense: 3 }),
  item(
    1082223,
    'Stormcaster Gloves',
    { level: 120, job: thief, dex: 120, luk: 350 },
    { weaponDefense: 32, weaponAttack: 5, luck: 5, dexterity: 4 },
  ),
  item(1102040, 'Yellow Adventurer Cape', { level: 50 }, { weaponDefense: 10, magicDefense: 10, hp: 60, mp: 60 }),
  item(
    1102084,
    'Pink Gaia Cape',
    { level: 80 },
    { weaponDefense: 12, magicDefense: 12, hp: 90, mp: 90, speed: 4, jump: 2 },
  ),
  item(1092030, 'Maple Shield', { level: 65 }, { ...abilities(2), weaponDefense: 60, hp: 30 }),
  item(1092003, 'Red Triangular Shield', { level: 30, job: warrior, str: 90 }, { weaponDefense: 25 }),
];

const ACCESSORIES: readonly ItemTemplate[] = [
  item(1012070, 'Strawberry Ice Cream', { level: 30 }, { weaponDefense: 5, hp: 20 }),
  item(1022073, 'Broken Glasses', { level: 50 }, { accuracy: 5, avoidability: 5 }),
  item(1032035, 'Maple Earring', { level: 40 }, { ...abilities(2), magicDefense: 10, mp: 30 }),
  item(1032029, 'Silver Earrings', { level: 60 }, { magicDefense: 25, intelligence: 2 }),
  item(1112401, 'Marine Ring', { level: 20 }, { hp: 25 }),
  item(
    1122000,
    'Horntail Necklace',
    { level: 120 },
    { ...abilities(22), weaponDefense: 140, magicDefense: 140, hp: 200, mp: 200 },
  ),
  item(1122007, "Spiegelmann's Necklace", { level: 40 }, { ...abilities(1), hp: 15 }),
  item(1132004, 'Black Belt', { level: 60 }, { weaponDefense: 20, strength: 2, dexterity: 2, hp: 50 }),
  item(1142000, 'Honorable Employee Medal', {}, { hp: 47, mp: 50 }),
  item(1142008, 'Veteran Adventurer Medal', { level: 30 }, { ...abilities(1), weaponAttack: 1, speed: 1 }),
  cashItem(1002186, 'Transparent Hat'),
  cashItem(1102142, 'Cape of Light'),
];

export const ITEM_TEMPLATES: ReadonlyMap<number, ItemTemplate> = new Map(
  [...WEAPONS, ...ARMOUR, ...ACCESSORIES].map((template) => [template.templateId, template]),
);

/** Where an item of a kind (template id / 10000) is worn, and what the data service calls that place. */
const PLACES: ReadonlyMap<number, { readonly slot: number; readonly name: string; readonly wz: string }> = new Map([
  [100, { slot: -1, name: 'HAT', wz: 'Cp' }],
  [101, { slot: -2, name: 'FACE_ACCESSORY', wz: 'Af' }],
  [102, { slot: -3, name: 'EYE_ACCESSORY', wz: 'Ay' }],
  [103, { slot: -4, name: 'EARRINGS', wz: 'Ae' }],
  [104, { slot: -5, name: 'TOP', wz: 'Ma' }],
  [105, { slot: -5, name: 'OVERALL', wz: 'MaPn' }],
  [106, { slot: -6, name: 'PANTS', wz: 'Pn' }],
  [107, { slot: -7, name: 'SHOES', wz: 'So' }],
  [108, { slot: -8, name: 'GLOVES', wz: 'Gv' }],
  [110, { slot: -9, name: 'CAPE', wz: 'Sr' }],
  [109, { slot: -10, name: 'SHIELD', wz: 'Si' }],
  [111, { slot: -12, name: 'RING_1', wz: 'Ri' }],
  [112, { slot: -17, name: 'PENDANT', wz: 'Pe' }],
  [114, { slot: -49, name: 'MEDAL', wz: 'Me' }],
  [113, { slot: -50, name: 'BELT', wz: 'Be' }],
]);

/** Every kind from 130 on is a weapon. */
const WEAPON_PLACE = { slot: -11, name: 'WEAPON', wz: 'Wp' };

export const TOP_SLOT = -5;
export const PANTS_SLOT = -6;

/** Cash items are worn over the others, this far below their slots. */
const CASH_OFFSET = -100;

export function placeOf(templateId: number): { readonly slot: number; readonly name: string; readonly wz: string } {
  const place = PLACES.get(Math.floor(templateId / 10_000)) ?? WEAPON_PLACE;
  return ITEM_TEMPLATES.get(templateId)?.cash === true ? { ...place, slot: place.slot + CASH_OFFSET } : place;
}

export function isOverall(templateId: number): boolean {
  return Math.floor(templateId / 10_000) === 105;
}
