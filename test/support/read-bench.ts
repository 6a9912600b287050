import { encodeStats } from '../../src/api/stats-document.ts';
import type { CalculationInput, Ruleset } from '../../src/domain/ruleset.ts';
import type { WornAsset } from '../../src/domain/snapshot.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { createEffectiveCache } from '../../src/refresh/effective-cache.ts';
import { createExplainer } from '../../src/refresh/explainer.ts';
import { createPreviewer } from '../../src/refresh/previewer.ts';
import { createReadFlow } from '../../src/refresh/read-flow.ts';
import { createReader } from '../../src/refresh/reader.ts';
import { createMemoryStore } from '../../src/state/memory/memory-store.ts';
import type { ItemSource, ItemTemplate } from '../../src/upstream/item-source.ts';
import { createFakeClock } from './fake-clock.ts';
import { createScriptedUpstream } from './scripted-upstream.ts';
import { createStateBench, GRACE } from './state-bench.ts';

/**
 * Character 12, logged in and loaded with what the input says, and everything that answers questions about it. The clock
 * goes on only when told, or when somebody waits for a read, which is always in vain.
 */
export async function createReadBench(ruleset: Ruleset, input: CalculationInput) {
  const clock = createFakeClock();
  const scripted = createScriptedUpstream();
  const { upstream } = scripted;
  upstream.staticData = () => input.data;
  const store = createMemoryStore({
    clock,
    visitorMax: 10,
    visitorTtl: 30_000,
    residentIdleTtl: 1e9,
    expiryGrace: GRACE,
  });
  const refresher = {
    wake: () => undefined,
    isUnknown: () => false,
    async nextRead(_tenant: Tenant, _characterId: number, within: number) {
      clock.pass(within);
    },
  };
  const feed = { current: true };
  const isFeedCurrent = () => feed.current;
  const { checkRequirements } = input;
  const rulesetOf = () => ruleset;
  const effective = createEffectiveCache({
    upstream,
    rulesetOf,
    isFeedCurrent,
    expiryGrace: GRACE,
    checkRequirements,
  });
  const flow = createReadFlow({ store, refresher, clock, isFeedCurrent, readWait: 2_000 });
  const items = createItems();
  const bench = createStateBench(store, clock);
  await bench.login();
  await bench.load({
    base: input.base,
    assets: [...input.assets],
    buffs: [...input.buffs],
    skills: input.skills.map(({ skillId, level }) => [skillId, level]),
  });
  return {
    clock,
    scripted,
    store,
    feed,
    bench,
    flow,
    effective,
    reader: createReader({ store, clock, flow, effective, encode: encodeStats }),
    explainer: createExplainer({ flow, effective, isFeedCurrent }),
    items,
    previewer: createPreviewer({
      flow,
      effective,
      upstream: {
        items: (target) => items.source.items(target),
        template: (target, templateId) => items.source.template(target, templateId),
        ensureStaticData: upstream.ensureStaticData,
      },
      rulesetOf,
      readWait: 2_000,
    }),
  };
}

export type ReadBench = Awaited<ReturnType<typeof createReadBench>>;

/** What the inventory and data services hold, to be filled by the test, and what was asked of them. */
function createItems() {
  const owned: WornAsset[] = [];
  const templates = new Map<number, ItemTemplate>();
  const asked: string[] = [];
  const source: ItemSource = {
    async items({ characterId }) {
      asked.push(`items of ${characterId}`);
      return owned;
    },
    async template(_target, templateId) {
      asked.push(`template ${templateId}`);
      return templates.get(templateId) ?? 'missing';
    },
  };
  return { owned, templates, asked, source };
}
