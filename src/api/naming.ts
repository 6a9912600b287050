import type { Contributor, ExplainedNumbers, Explanation } from '../answers/explanation.ts';
import { NO_TEMPLATE, type Preview } from '../answers/preview.ts';
import type { Tenant } from '../domain/tenant.ts';
import { printable } from '../lib/printable.ts';
import type { NameKind, Names, NameTarget, WantedNames } from '../upstream/names.ts';

/** What things are called that an answer is about, as far as it is known; undefined: only the id is. */
export type Naming = (kind: NameKind, id: number) => string | undefined;

/** How long an answer for people waits for names, ms; later ones have them. */
const NAMES_WAIT_MS = 250;

/** Asks for what is not known, waits for it a moment, and answers with what is known then. */
export async function namingOf(
  names: Pick<Names, 'of' | 'ensure'>,
  target: NameTarget,
  wanted: WantedNames,
): Promise<Naming> {
  await names.ensure(target, wanted, NAMES_WAIT_MS);
  return knownNames(names, target.tenant);
}

export function knownNames(names: Pick<Names, 'of'>, tenant: Tenant): Naming {
  return (kind, id) => names.of(kind, tenant, id);
}

/** For texts on a terminal: names come from other services. */
export function printableNaming(naming: Naming): Naming {
  return (kind, id) => {
    const name = naming(kind, id);
    return name && printable(name);
  };
}

/** What an explanation speaks of. */
export function namesIn({ characterId, ...explained }: Explanation): WantedNames {
  return { character: [characterId], ...namesOfSources(explained) };
}

function namesOfSources({ stats, derived, idle }: ExplainedNumbers): Required<Pick<WantedNames, 'item' | 'skill'>> {
  const lines = [...stats, ...derived].flatMap(({ phases }) => phases.flatMap((phase) => phase.lines));
  const things = [...lines, ...idle].flatMap(({ source }) => thingOf(source) ?? []);
  return {
    item: things.flatMap(({ kind, id }) => (kind === 'item' ? id : [])),
    skill: things.flatMap(({ kind, id }) => (kind === 'skill' ? id : [])),
  };
}

export function namesInPreview({ characterId, putOn, takenOff, ...preview }: Preview): WantedNames {
  const items = [...putOn, ...takenOff, ...preview.stopQualifying, ...preview.startQualifying];
  const { item, skill } = namesOfSources(preview.explained);
  return { character: [characterId], item: [...items.flatMap(({ templateId }) => templateId ?? []), ...item], skill };
}

/** The item or skill behind a source; undefined: there is none. Buffs that items cast bear the item's id, negated. */
function thingOf(source: Contributor): { readonly kind: NameKind; readonly id: number } | undefined {
  switch (source.kind) {
    case 'equipment':
      return source.templateId === NO_TEMPLATE ? undefined : { kind: 'item', id: source.templateId };
    case 'passive':
      return { kind: 'skill', id: source.id };
    case 'buff':
      return source.id < 0 ? { kind: 'item', id: -source.id } : { kind: 'skill', id: source.id };
    default:
      return undefined;
  }
}

/** undefined: it has none, or none that is known. */
export function nameOfSource(naming: Naming, source: Contributor): string | undefined {
  const thing = thingOf(source);
  return thing && naming(thing.kind, thing.id);
}
