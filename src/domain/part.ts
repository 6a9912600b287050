/** What is loaded and re-read on its own, in the order in which answers name what is degraded. */
export const PARTS = ['base', 'equipment', 'buffs', 'passives'] as const;

export type Part = (typeof PARTS)[number];
