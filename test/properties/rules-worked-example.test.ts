import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Ruleset } from '../../src/domain/ruleset.ts';
import { createLedger, sumOf } from '../../src/domain/rulesets/ledger.ts';

const ROOT = join(import.meta.dirname, '../..');

function example(name: string): string {
  const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const block = new RegExp(`^\`\`\`ts ${name}\\n([^]*?)^\`\`\``, 'm').exec(text)?.[1];
  assert.ok(block !== undefined, `CONTRIBUTING.md has no block "ts ${name}"`);
  return block;
}

/** A copy of the domain with the example's folder and line in it. */
function withThirdRuleset(copy: string): string {
  cpSync(join(ROOT, 'src/domain'), join(copy, 'domain'), {
    recursive: true,
    filter: (source) => !source.endsWith('.test.ts'),
  });
  const rulesets = join(copy, 'domain/rulesets');
  mkdirSync(join(rulesets, 'arena'));
  writeFileSync(join(rulesets, 'arena/ruleset.ts'), example('ruleset'));
  const [importLine, listLine] = example('index').trim().split('\n\n');
  const index = readFileSync(join(rulesets, 'index.ts'), 'utf8');
  const changed = index.replace(/^export const RULESETS .*$/m, listLine ?? '');
  assert.notEqual(changed, index, 'the line of the example replaces the list');
  writeFileSync(join(rulesets, 'index.ts'), `${importLine}\n${changed}`);
  return rulesets;
}

function isIndex(module: unknown): module is { rulesetByName: (name: string) => Ruleset } {
  return typeof module === 'object' && module !== null && 'rulesetByName' in module;
}

describe("the worked example of CONTRIBUTING.md's third ruleset", () => {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const copy = mkdtempSync(join(ROOT, '.cache/third-ruleset-'));
  const rulesets = withThirdRuleset(copy);
  after(() => rmSync(copy, { recursive: true, force: true }));

  it('given its folder and its line, when compiled, then there is nothing to say', () => {
    const config = { extends: join(ROOT, 'tsconfig.json'), include: ['domain'] };
    writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(config));
    const compiler = join(ROOT, 'node_modules/.bin/tsc');
    const { stdout, status } = spawnSync(compiler, ['--noEmit', '-p', copy], { encoding: 'utf8' });
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });

  it('given its folder and its line, when computed by its name, then it gives what it says, and the record of it', async () => {
    const index: unknown = await import(join(rulesets, 'index.ts'));
    assert.ok(isIndex(index));
    const ledger = createLedger();
    const none = { strength: 4, dexterity: 4, luck: 4, intelligence: 4, max_hp: 50, max_mp: 5 };
    const answer = index.rulesetByName('arena').compute(
      {
        base: { ...none, level: 10, job: 0, fame: 0, gm: 0 },
        assets: [{ assetId: 7, templateId: 1, slot: -1, stats: { speed: 33 } }],
        buffs: [
          { sourceId: 1, statType: 'SPEED', amount: 20, level: 1, createdAt: { ms: 0, ns: 0 }, expiresAt: undefined },
        ],
        skills: [],
        data: { skill: () => null, requirements: () => null, revision: 0 },
        checkRequirements: true,
      },
      ledger,
    );
    assert.deepEqual(answer.values, [4, 4, 4, 4, 50, 5, 0, 0, 0, 0, 0, 0, 40, 0]);
    assert.deepEqual(
      ledger.lines('speed').map(({ phase, applied }) => [phase, applied]),
      [
        ['equipment', 33],
        ['arena', 10],
        ['limits', -3],
      ],
    );
    assert.equal(sumOf(ledger.lines('speed')), 40);
    assert.equal(ledger.idles[0]?.reason.text, 'no buffs in the arena');
  });
});
