import type { Breakdown, Contributor, ExplainedNumbers, Explanation, Origin } from '../../answers/explanation.ts';
import type { PartFreshness } from '../../answers/part-freshness.ts';
import { NO_TEMPLATE, triedPosition } from '../../answers/preview.ts';
import { printableJson } from '../../lib/printable.ts';
import { type Naming, nameOfSource } from '../naming.ts';
import { timeText } from '../time-text.ts';

/** The JSON:API document of an explanation. What is undefined is left out. */
export function encodeExplanation(explanation: Explanation, naming: Naming): string {
  const { characterId, degraded, place } = explanation;
  const attributes = {
    name: naming('character', characterId),
    now: timeText(explanation.now),
    version: explanation.version,
    ruleset: explanation.ruleset,
    resident: explanation.resident,
    place: place && { worldId: place.worldId, channelId: place.channelId, since: timeText(place.since) },
    sessions: explanation.sessions.map(({ sessionId, createdAt }) => ({ sessionId, createdAt: timeText(createdAt) })),
    parts: explanation.parts.map(partOf),
    ...numbersOf(explanation, naming),
  };
  const data = { type: 'effective-stats-explanations', id: String(characterId), attributes };
  return printableJson(JSON.stringify(degraded.length === 0 ? { data } : { data, meta: { degraded } }));
}

/** How the numbers of a calculation came to be, as documents tell it. */
export function numbersOf({ stats, derived, idle }: ExplainedNumbers, naming: Naming) {
  return {
    stats: stats.map(({ name, ...breakdown }) => ({ statType: name, ...breakdownOf(breakdown, naming) })),
    derived: derived.map(({ name, ...breakdown }) => ({ name, ...breakdownOf(breakdown, naming) })),
    idle: idle.map(({ source, reason }) => ({ ...sourceOf(source, naming), reason })),
  };
}

function partOf({ part, state, staleReason, waitsFor, failures, ...times }: PartFreshness) {
  return {
    part,
    state,
    asOf: timeText(times.asOf),
    staleSince: timeText(times.staleSince),
    staleReason,
    settlesAt: timeText(times.settlesAt),
    readingSince: timeText(times.readingSince),
    nextReadAt: timeText(times.nextReadAt),
    waitsFor,
    failures,
  };
}

function breakdownOf({ value, uncapped, phases }: Omit<Breakdown, 'name'>, naming: Naming) {
  return {
    value,
    uncapped,
    phases: phases.map(({ name, lines }) => ({
      phase: name,
      lines: lines.map(({ source, origin, form, raw, applied, total, reason }) => ({
        ...sourceOf(source, naming),
        ...originOf(origin),
        form,
        raw,
        applied,
        total,
        reason,
      })),
    })),
  };
}

function originOf(origin: Origin | undefined) {
  if (origin === undefined) return {};
  return origin.how === 'read' ? { readAt: timeText(origin.at) } : { heardAt: timeText(origin.at) };
}

/** `source` is written as in the bonuses of a stats answer. */
function sourceOf(source: Contributor, naming: Naming) {
  const name = nameOfSource(naming, source);
  switch (source.kind) {
    case 'base':
    case 'rule':
      return { source: source.kind };
    case 'equipment': {
      const position = triedPosition(source.id);
      const templateId = source.templateId === NO_TEMPLATE ? undefined : source.templateId;
      const key = position === undefined ? `equipment:${source.id}` : `putOn:${position}`;
      return { source: key, name, templateId, slot: source.slot };
    }
    case 'buff': {
      const { id, statType, level, expiresAt } = source;
      return { source: `buff:${id}`, name, statType, level, expiresAt: timeText(expiresAt) };
    }
    case 'passive':
      return { source: `passive:${source.id}`, name, level: source.level };
    default:
      return unexpected(source);
  }
}

function unexpected(source: never): never {
  throw new TypeError(`unexpected source ${JSON.stringify(source)}`);
}
