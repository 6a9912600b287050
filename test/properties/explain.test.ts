/** Explain against the stats endpoint, both over HTTP, for any character. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { ATTRIBUTES } from '../../src/answers/stats-document.ts';
import { ExplanationDocument, StatsDocument } from '../../src/api/openapi.ts';
import type { CalculationInput, Ruleset } from '../../src/domain/ruleset.ts';
import { RULESETS } from '../../src/domain/rulesets/index.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { propertySettings } from '../support/property-settings.ts';
import { createReadBench, type ReadBench } from '../support/read-bench.ts';
import { createStubApi, TENANT_HEADERS } from '../support/stub-api.ts';
import { calculationInput, v83Input } from './rules-arbitraries.ts';

const RUNS = propertySettings({ numRuns: 150 });
const URL = '/api/worlds/0/channels/1/characters/12/stats';
/** One for all: each would observe the collections of this process for good. */
const METRICS = createMetrics();
/** The first moment of the bench's clock. */
const NOW = Date.UTC(2026, 0, 1);

const INPUTS: Readonly<Record<string, fc.Arbitrary<CalculationInput>>> = {
  atlas: calculationInput,
  'gms-v83': v83Input,
};

/** Some buffs lapsed long ago, some count. */
function withExpiries(input: CalculationInput): fc.Arbitrary<CalculationInput> {
  const expiry = fc.constantFrom(undefined, undefined, NOW - 60_000, NOW + 60_000);
  return fc.array(expiry, { minLength: input.buffs.length, maxLength: input.buffs.length }).map((expiries) => ({
    ...input,
    buffs: input.buffs.map((buff, index) => ({ ...buff, expiresAt: expiries[index] })),
  }));
}

async function ask(bench: ReadBench) {
  const { app } = createStubApi({
    reader: bench.reader,
    explainer: bench.explainer,
    clock: bench.clock,
    metrics: METRICS,
  });
  const answer = async (url: string) => {
    const response = await app.inject({ url, headers: TENANT_HEADERS });
    assert.equal(response.statusCode, 200, response.body);
    return response;
  };
  const [stats, explanation, text] = [
    await answer(URL),
    await answer(`${URL}/explain`),
    await answer(`${URL}/explain?format=text`),
  ];
  // What an injected request leaves behind waits for a turn of the event loop, of which a property alone takes none.
  await nextTurn();
  return {
    version: stats.headers['state-version'],
    stats: Value.Parse(StatsDocument, stats.json()),
    explanation: Value.Parse(ExplanationDocument, explanation.json()),
    text: text.body,
  };
}

function property(ruleset: Ruleset, check: (asked: Awaited<ReturnType<typeof ask>>, input: CalculationInput) => void) {
  const input = (INPUTS[ruleset.name] ?? calculationInput).chain(withExpiries);
  return fc.assert(
    fc.asyncProperty(input, async (given) => check(await ask(await createReadBench(ruleset, given)), given)),
    RUNS,
  );
}

for (const ruleset of RULESETS) {
  describe(`explain under ${ruleset.name}, for any character`, () => {
    it('given the lines of a stat, when they are added up in order, then they come to what the stats endpoint answers', () =>
      property(ruleset, ({ stats, explanation, version }) => {
        const { attributes } = explanation.data;
        const values: Record<string, unknown> = { ...stats.data.attributes };
        assert.equal(attributes.stats.length, Object.keys(ATTRIBUTES).length);
        assert.equal(String(attributes.version), version);
        assert.equal(attributes.ruleset, ruleset.name);
        assert.deepEqual(explanation.meta, stats.meta);
        for (const { statType, value, phases } of attributes.stats) {
          let total = 0;
          for (const line of phases.flatMap(({ lines }) => lines)) {
            total += line.applied;
            assert.equal(line.total, total, `${statType}: a running total`);
          }
          assert.equal(total, value, statType);
          assert.equal(value, values[ATTRIBUTES[statType]], statType);
        }
      }));

    it('given the text, when the last total of each stat is read, then it is the value as well', () =>
      property(ruleset, ({ explanation, text }) => {
        const blocks = text.split('\n\n');
        for (const { statType, value } of explanation.data.attributes.stats) {
          const [title = '', ...rows] = blocks.find((block) => block.startsWith(`${statType} = `))?.split('\n') ?? [];
          const written = value.toLocaleString('en-US');
          assert.ok(title === `${statType} = ${written}` || title.startsWith(`${statType} = ${written} (`), title);
          const contributions = rows.filter((row) => /^ {4}\S/.test(row));
          if (contributions.length === 0) assert.equal(value, 0);
          else assert.match(contributions.at(-1) ?? '', new RegExp(` ${written}($|  )`));
        }
      }));

    it('given what is held, when it is explained, then every item, buff and bonus is on a line or idle', () =>
      property(ruleset, ({ stats, explanation }, input) => {
        const { stats: breakdowns, idle } = explanation.data.attributes;
        const lines = breakdowns.flatMap(({ phases }) => phases.flatMap((phase) => phase.lines));
        const shown = new Set([...lines, ...idle].map(({ source, statType = '' }) => `${source} ${statType}`));
        for (const { assetId } of input.assets) assert.ok(shown.has(`equipment:${assetId} `), `asset ${assetId}`);
        for (const { sourceId, statType } of input.buffs) assert.ok(shown.has(`buff:${sourceId} ${statType}`));
        for (const { source } of stats.data.attributes.bonuses ?? []) {
          assert.ok(
            lines.some((line) => line.source === source && [undefined, 'unknown'].includes(line.reason?.code)),
            source,
          );
        }
        for (const { form, raw, applied, reason, source } of lines) {
          if (form === 'amount' && raw !== 0 && applied === 0) assert.ok(reason !== undefined, source);
        }
      }));
  });
}
