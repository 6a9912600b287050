import { createEffectiveStats } from '../../src/answers/effective-stats.ts';
import { createExplainer } from '../../src/answers/explainer.ts';
import { createPreviewer } from '../../src/answers/previewer.ts';
import { createReadFlow } from '../../src/answers/read-flow.ts';
import { createStatsReader } from '../../src/answers/stats-reader.ts';
import type { CalculationInput, Ruleset } from '../../src/domain/ruleset.ts';
import type { WornAsset } from '../../src/domain/snapshot.ts';
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
  const bench = createStateBench(clock);
  const { characters, queue } = bench;
  const refresher = {
    wake: () => undefined,
    isUnknown: () => false,
    isBlocked: () => false,
    async nextRead(_character: unknown, within: number) {
      clock.pass(within);
    },
  };
  const feed = { current: true };
  const watches = bench.watches(() => feed.current);
  const { checkRequirements } = input;
  const rulesetOf = () => ruleset;
  const effective = createEffectiveStats({
    upstream,
    rulesetOf,
    watches,
    expiryGrace: GRACE,
    checkRequirements,
    maxBytes: 1e6,
  });
  const flow = createReadFlow({ characters, queue, refresher, clock, watches, readWait: 2_000, visitorMax: 1_000 });
  const items = createItems();
  bench.login();
  bench.load({
    base: input.base,
    assets: [...input.assets],
    buffs: [...input.buffs],
    skills: input.skills.map(({ skillId, level }) => [skillId, level]),
  });
  return {
    clock,
    scripted,
    characters,
    feed,
    bench,
    flow,
    effective,
    reader: createStatsReader({ flow, effective }),
    explainer: createExplainer({ flow, effective, watches, queue }),
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
