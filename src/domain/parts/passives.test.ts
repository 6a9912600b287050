import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventOf, HEARD_AT, hearing, NOW, readPart } from '../../../test/support/hearing.ts';
import { loggedIn } from '../../../test/support/state-bench.ts';
import { packSkills } from '../rows.ts';
import { contradictedByPassives, hearSkillChanged, type PassivesPart, sameSkills, skillsOf } from './passives.ts';

const NIMBLE = 4000000;
const KEEN = 4000001;
const LEARNT = [{ skillId: NIMBLE, level: 3 }];
const READ: PassivesPart = readPart(packSkills(LEARNT));

function changed(skillId: number, level: number | undefined, recordTime = NOW) {
  return eventOf<'skill-changed'>({ type: 'skill-changed', skillId, level, recordTime });
}

describe('a skill is learnt, levelled or forgotten', () => {
  it('given a skill that was learnt, then it counts at once and passives are doubted', () => {
    const { part, outcome } = hearSkillChanged(READ, changed(KEEN, 1), hearing());
    assert.equal(outcome, 'applied');
    assert.equal(part.doubt?.reason, 'skills changed');
    assert.deepEqual(skillsOf(part), [
      { skillId: NIMBLE, level: 3 },
      { skillId: KEEN, level: 1 },
    ]);
  });

  it('given level 0, then the skill is gone at once', () => {
    assert.deepEqual(skillsOf(hearSkillChanged(READ, changed(NIMBLE, 0), hearing()).part), []);
  });

  it('given the level that is known on a settled part, then nothing changes', () => {
    assert.deepEqual(hearSkillChanged(READ, changed(NIMBLE, 3), hearing()), { part: READ, outcome: 'unchanged' });
    assert.equal(hearSkillChanged(READ, changed(KEEN, 0), hearing()).outcome, 'unchanged');
  });

  it('given the known level while a read is wanted, then it is remembered: that read may carry an older one', () => {
    const { part, outcome } = hearSkillChanged(READ, changed(NIMBLE, 3), hearing({ quiet: false }));
    assert.equal(outcome, 'hinted');
    assert.deepEqual(part.heard, [{ skillId: NIMBLE, level: 3, heardAt: HEARD_AT }]);
  });

  it('given no level, or a record older than the last read by more than 5 s, then it is only a doubt', () => {
    for (const event of [changed(NIMBLE, undefined), changed(NIMBLE, 9, NOW - 65_001)]) {
      const { part, outcome } = hearSkillChanged(READ, event, hearing());
      assert.equal(outcome, 'hinted');
      assert.equal(part.doubt?.reason, 'skills changed');
      assert.deepEqual(skillsOf(part), LEARNT);
    }
  });

  it('given a skill forgotten during a read, when the read lists it, then it stays forgotten', () => {
    const bench = loggedIn({ skills: [[NIMBLE, 3]] });
    bench.request('passives');
    const claim = bench.claim('passives');
    bench.event({ type: 'skill-changed', skillId: NIMBLE, level: 0 });
    bench.merge(claim, { part: 'passives', skills: [{ skillId: NIMBLE, level: 3 }] });
    assert.equal(bench.skill(NIMBLE), 0);
  });
});

it('given a read, then it contradicts a skill of which it says another level, or nothing', () => {
  const read = packSkills(LEARNT);
  const fact = (skillId: number, level: number) => ({ skillId, level, heardAt: HEARD_AT });
  assert.equal(contradictedByPassives(read)(fact(NIMBLE, 3)), false);
  assert.equal(contradictedByPassives(read)(fact(NIMBLE, 4)), true);
  assert.equal(contradictedByPassives(read)(fact(KEEN, 1)), true);
  assert.equal(contradictedByPassives(read)(fact(KEEN, 0)), false);
});

it('given two lists of skills, then they are the same in any order, with equal levels', () => {
  const [nimble, keen] = [
    { skillId: NIMBLE, level: 3 },
    { skillId: KEEN, level: 1 },
  ];
  assert.equal(sameSkills([nimble, keen], [keen, nimble]), true);
  assert.equal(sameSkills([nimble], [nimble, keen]), false);
  assert.equal(sameSkills([nimble], [{ ...nimble, level: 4 }]), false);
});
