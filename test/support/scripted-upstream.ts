import type { Part } from '../../src/domain/part.ts';
import type { PartSnapshot } from '../../src/domain/snapshot.ts';
import type { StaticData } from '../../src/domain/static-data.ts';
import type { GateView, Service, StaticDataWanted, Upstream, UpstreamTarget } from '../../src/upstream/port.ts';
import { BASE } from './state-bench.ts';

type Answer = PartSnapshot | 'missing' | Error;

/** An upstream whose every answer the test decides: by part, at once or when it says so. */
export function createScriptedUpstream() {
  const answers: Record<Part, Answer> = {
    base: { part: 'base', values: BASE },
    equipment: { part: 'equipment', assets: [] },
    buffs: { part: 'buffs', buffs: [] },
    passives: { part: 'passives', skills: [] },
  };
  const held = new Map<Part, (() => void)[]>();
  const fetches: { part: Part; characterId: number }[] = [];
  const data: { -readonly [K in keyof StaticData]: StaticData[K] } = {
    skill: () => null,
    requirements: () => null,
    revision: 1,
  };
  const wanted: StaticDataWanted[] = [];
  let loading: Promise<void> | undefined;
  const closeListeners = new Map<Service, () => void>();
  const open = new Set<Service>();
  const gate = (service: Service): GateView => ({
    get state() {
      return open.has(service) ? 'open' : 'closed';
    },
    tryEnter: () => !open.has(service),
    nextProbeAt: 0,
    onClose(listener) {
      closeListeners.set(service, listener);
      return () => closeListeners.delete(service);
    },
  });
  const upstream: Upstream = {
    async fetch(part: Part, target: UpstreamTarget) {
      fetches.push({ part, characterId: target.characterId });
      const waiting = held.get(part);
      if (waiting !== undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      const answer = answers[part];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    staticData: () => data,
    async ensureStaticData(each) {
      wanted.push(each);
      await loading;
    },
    gates: {
      characters: gate('characters'),
      inventory: gate('inventory'),
      buffs: gate('buffs'),
      skills: gate('skills'),
      data: gate('data'),
    },
    close: async () => undefined,
  };
  return {
    upstream,
    answers,
    data,
    fetches,
    wanted,
    /** From now on fetches of the part hang until released. */
    hold(part: Part): void {
      held.set(part, []);
    },
    release(part: Part): void {
      const waiting = held.get(part) ?? [];
      held.delete(part);
      for (const resolve of waiting) resolve();
    },
    /** From now on game data never come. */
    holdStaticData(): void {
      loading = new Promise(() => undefined);
    },
    openGate(service: Service): void {
      open.add(service);
    },
    closeGate(service: Service): void {
      open.delete(service);
      closeListeners.get(service)?.();
    },
  };
}
