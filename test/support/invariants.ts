/** What holds of the characters that are held, and of the queue of their reads, between any two moves. */
import assert from 'node:assert/strict';
import { type Character, isResident, type Parts } from '../../src/domain/character.ts';
import { compareInstants } from '../../src/domain/instant.ts';
import { PARTS, type Part } from '../../src/domain/part.ts';
import { isSettled } from '../../src/domain/part-state.ts';
import type { ReadQueue } from '../../src/refresh/read-queue.ts';
import type { Characters } from '../../src/state/characters.ts';

export interface Held {
  readonly characters: Pick<Characters, 'all' | 'find' | 'tenants' | 'population'>;
  readonly queue: Pick<ReadQueue, 'status' | 'size' | 'ready'>;
  /** Monotonic ms. */
  readonly mono: () => number;
}

/** Throws where something held is not as it must be. Looks at everybody. */
export function assertInvariants({ characters, queue, mono }: Held): void {
  const everybody = [...characters.all()];
  for (const character of everybody) {
    const { tenant, characterId, sessions } = character;
    assert.equal(characters.find(tenant, characterId), character, 'who is listed is found');
    assert.equal(character.held, true, 'who is listed is held');
    assertDistinct(
      sessions.map(({ sessionId }) => sessionId),
      'a session is open once',
    );
    for (const part of PARTS) assertPart(character, part, mono());
    for (const part of PARTS) assertWanted(character, part, queue);
  }
  const { residents, visitors } = characters.population();
  assert.equal(residents, everybody.filter(isResident).length, 'residents are those who have an open session');
  assert.equal(visitors, everybody.length - residents, 'everybody else is a visitor');
  const perTenant = [...characters.tenants()].map(({ held }) => held);
  assert.equal(
    perTenant.reduce((sum, held) => sum + held, 0),
    everybody.length,
    'tenants hold everybody',
  );
  assert.ok(queue.size <= PARTS.length * everybody.length, 'nothing is queued for who is not held');
  const ready = PARTS.reduce((sum, part) => sum + queue.ready(part), 0);
  assert.ok(ready <= queue.size, 'what is ready is queued');
}

function assertPart(character: Character, part: Part, mono: number): void {
  const { read, began, doubt, confirmAt, heard } = character[part];
  assert.equal(read === undefined, began === Number.NEGATIVE_INFINITY, `${part}: what was read began at some time`);
  assert.ok(began <= mono, `${part}: its read has begun`);
  assert.ok(confirmAt === undefined || confirmAt > began, `${part}: a confirmation is owed after the read`);
  assert.ok(doubt === undefined || doubt.until > began, `${part}: a doubt outlives the read`);
  assertDistinct(keysOf[part](character), `${part}: one fact for each key`);
  for (const [index, { heardAt }] of heard.entries()) {
    assert.ok(heardAt <= mono, `${part}: a fact was heard`);
    assert.ok(heardAt >= (heard[index - 1]?.heardAt ?? heardAt), `${part}: facts are in the order of their hearing`);
  }
}

/** Every doubt is settled by reading again. */
function assertWanted(character: Character, part: Part, queue: Held['queue']): void {
  const state = character[part];
  if (state.read === undefined || isSettled(state)) return;
  const { began, nextAt } = queue.status(character, part);
  assert.ok(
    began !== undefined || nextAt < Number.POSITIVE_INFINITY,
    `${part}: a read is wanted of what is not settled`,
  );
}

const keysOf: { readonly [P in Part]: (parts: Pick<Parts, P>) => readonly unknown[] } = {
  base: ({ base }) => base.heard.map(({ field }) => field),
  equipment: ({ equipment }) => equipment.heard.map(({ assetId }) => assetId),
  passives: ({ passives }) => passives.heard.map(({ skillId }) => skillId),
  buffs: ({ buffs: { heard } }) =>
    heard.map((fact, index) => {
      if (fact.kind === 'began') return `began ${fact.buff.sourceId} ${fact.buff.statType}`;
      const { sourceId, statType, until } = fact;
      // The end of a later instance is remembered beside that of an earlier one which was heard after it.
      const isLater = heard.some(
        (other, at) =>
          at > index &&
          other.kind === 'ended' &&
          other.sourceId === sourceId &&
          other.statType === statType &&
          compareInstants(other.until, until) < 0,
      );
      return `ended ${sourceId} ${statType ?? ''}${isLater ? ' later' : ''}`;
    }),
};

function assertDistinct(keys: readonly unknown[], what: string): void {
  assert.equal(new Set(keys).size, keys.length, what);
}
