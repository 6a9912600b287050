/** The stats as people read them, in groups that share a scale. */
export const STAT_GROUPS = [
  ['Vitals', ['max_hp', 'max_mp']],
  ['Abilities', ['strength', 'dexterity', 'intelligence', 'luck']],
  ['Attack and defence', ['weapon_attack', 'magic_attack', 'weapon_defense', 'magic_defense']],
  ['Precision and movement', ['accuracy', 'avoidability', 'speed', 'jump']],
];

export const STAT_NAMES = {
  max_hp: 'MaxHP',
  max_mp: 'MaxMP',
  strength: 'STR',
  dexterity: 'DEX',
  intelligence: 'INT',
  luck: 'LUK',
  weapon_attack: 'Weapon attack',
  magic_attack: 'Magic attack',
  weapon_defense: 'Weapon defence',
  magic_defense: 'Magic defence',
  accuracy: 'Accuracy',
  avoidability: 'Avoidability',
  speed: 'Speed',
  jump: 'Jump',
};

export const ALL_STATS = STAT_GROUPS.flatMap(([, stats]) => stats);

/** The attribute of each stat in a preview's answer. */
export const ATTRIBUTES = Object.fromEntries(
  ALL_STATS.map((stat) => [
    stat,
    stat === 'max_hp' ? 'maxHP' : stat === 'max_mp' ? 'maxMP' : stat.replace(/_./, (found) => found[1].toUpperCase()),
  ]),
);

export const KINDS = ['base', 'equipment', 'passive', 'buff', 'rule'];
export const KIND_NAMES = {
  base: 'Base',
  equipment: 'Gear',
  buff: 'Buffs',
  passive: 'Passives',
  rule: 'Limits',
  past: 'Then',
};

const SLOTS = new Map([
  [-1, 'hat'],
  [-2, 'face accessory'],
  [-3, 'eye accessory'],
  [-4, 'earrings'],
  [-5, 'top'],
  [-6, 'pants'],
  [-7, 'shoes'],
  [-8, 'gloves'],
  [-9, 'cape'],
  [-10, 'shield'],
  [-11, 'weapon'],
  [-12, 'ring'],
  [-13, 'ring 2'],
  [-15, 'ring 3'],
  [-16, 'ring 4'],
  [-17, 'pendant'],
  [-18, 'mount'],
  [-19, 'saddle'],
  [-49, 'medal'],
  [-50, 'belt'],
]);

export function slotWord(slot) {
  if (slot === undefined) return 'somewhere';
  const beneath = SLOTS.get(slot + 100);
  return SLOTS.get(slot) ?? (beneath === undefined ? `slot ${slot}` : `cash ${beneath}`);
}

const JOBS = {
  0: 'Beginner',
  100: 'Warrior',
  110: 'Fighter',
  111: 'Crusader',
  112: 'Hero',
  120: 'Page',
  121: 'White Knight',
  122: 'Paladin',
  130: 'Spearman',
  131: 'Dragon Knight',
  132: 'Dark Knight',
  200: 'Magician',
  210: 'Wizard (fire, poison)',
  211: 'Mage (fire, poison)',
  212: 'Archmage (fire, poison)',
  220: 'Wizard (ice, lightning)',
  221: 'Mage (ice, lightning)',
  222: 'Archmage (ice, lightning)',
  230: 'Cleric',
  231: 'Priest',
  232: 'Bishop',
  300: 'Bowman',
  310: 'Hunter',
  311: 'Ranger',
  312: 'Bowmaster',
  320: 'Crossbowman',
  321: 'Sniper',
  322: 'Marksman',
  400: 'Thief',
  410: 'Assassin',
  411: 'Hermit',
  412: 'Night Lord',
  420: 'Bandit',
  421: 'Chief Bandit',
  422: 'Shadower',
  500: 'Pirate',
  510: 'Brawler',
  511: 'Marauder',
  512: 'Buccaneer',
  520: 'Gunslinger',
  521: 'Outlaw',
  522: 'Corsair',
  900: 'Game Master',
  910: 'Game Master',
  1000: 'Noblesse',
  2000: 'Legend',
};

const JOB_LINES = {
  11: 'Dawn Warrior',
  12: 'Blaze Wizard',
  13: 'Wind Archer',
  14: 'Night Walker',
  15: 'Thunder Breaker',
  21: 'Aran',
};

export function jobName(id) {
  if (id === undefined) return '';
  return JOBS[id] ?? JOB_LINES[Math.floor(id / 100)] ?? `job ${id}`;
}

/** 1652 as 1,652. */
export function grouped(value) {
  return value === undefined || value === null ? '–' : Math.round(value).toLocaleString('en');
}

export function signed(value) {
  return value > 0 ? `+${grouped(value)}` : value < 0 ? `−${grouped(-value)}` : '±0';
}

/** Ms as a countdown. */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const two = (value) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

export function ago(ms) {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 1) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  return `${Math.floor(seconds / 3_600)} h ago`;
}

export function clockTime(text) {
  return text === undefined ? '' : new Date(text).toLocaleTimeString('en', { hour12: false });
}

/** What came, in a few words. */
export function causeText(cause) {
  switch (cause.kind) {
    case 'event':
      return cause.type.replaceAll('-', ' ');
    case 'read':
      return `${cause.part} read`;
    case 'audit':
      return `${cause.part} audited`;
    default:
      return 'time passed';
  }
}

/** Where exactly an event lay; empty: not known. */
export function causePlace({ topic, partition, offset }) {
  return topic === undefined ? '' : `${topic}/${partition} @ ${offset}`;
}
