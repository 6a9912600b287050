import { createDecoder } from '../../src/events/decoder.ts';
import { STREAMS } from '../../src/events/stream.ts';
import type { Prng } from '../../src/lib/prng.ts';
import { isOnline } from '../../world/model.ts';
import { CHANNELS, PLAYER_ACTIONS } from '../../world/player-actions.ts';
import type { WorldRecord } from '../../world/producer.ts';
import { encodedRecord } from '../support/encoded-event.ts';
import { until } from '../support/wait.ts';
import { tenantAt } from './attack.ts';
import { type Bed, STILL_IDS } from './bed.ts';
import { mutantOf, unchanged } from './generator.ts';
import type { Mutant } from './mutant.ts';
import { deadLettersOf, type Letter, positionsOf } from './observed.ts';

export interface MessageReport {
  sent: number;
  good: number;
  hostile: number;
  /** Mutants by what was foreseen for them. */
  readonly verdicts: Map<string, number>;
  /** What became of a record that should have become something else. */
  readonly wrong: string[];
}

/** Mutants are made of these; the newest, so that characters, sessions and assets are still there. */
const RECENT = 300;
/** Fewer than the dead letters that are kept, so that each can be looked up. */
const ROUND = 400;
/** Rounds of which one in three records is the world's own. */
const GOOD_SHARE = 1 / 3;
const CONSUMED_MS = 30_000;
const WRONG_MAX = 20;
/**
 * A resident whose buff has another amount in every round. What its answer says right after the round, before an audit or
 * a re-read can have asked anybody, the event among the hostile ones has told.
 */
const SENTINEL = { tenant: tenantAt(0), characterId: 710_001 };
const SENTINEL_SOURCE = 2_001_002;
/** Those whom no action concerns. */
const APART = [...STILL_IDS, SENTINEL.characterId];

/** Lets the world live, sends what it emits among hostile variants, and checks what became of each. */
export function createMessageCampaign(bed: Bed, prng: Prng) {
  const { world, service } = bed;
  const report: MessageReport = { sent: 0, good: 0, hostile: 0, verdicts: new Map(), wrong: [] };
  const recent: WorldRecord[] = [];
  const weights = PLAYER_ACTIONS.flatMap(([weight, action]) => Array.from({ length: weight }, () => action));
  let ownDead = 0;
  let rounds = 0;
  world.makeUp(SENTINEL);
  world.login(SENTINEL, 0);

  const live = (): void => {
    const someone = prng.pick(world.characters().filter(({ characterId }) => !APART.includes(characterId)));
    if (someone === undefined) return;
    if (!isOnline(someone)) world.login(someone, prng.between(0, CHANNELS - 1));
    else if (prng.chance(0.02)) world.logout(someone);
    else prng.pick(weights)?.(world, prng, someone);
  };

  const draw = (count: number): Mutant[] => {
    const mutants: Mutant[] = [];
    while (mutants.length < count) {
      const template = prng.pick(recent);
      if (template === undefined || prng.chance(GOOD_SHARE)) {
        live();
        const records = bed.takeEmitted();
        mutants.push(...records.map(unchanged));
        recent.push(...records);
        recent.splice(0, Math.max(0, recent.length - RECENT));
      } else {
        mutants.push(mutantOf(prng, template));
      }
    }
    return mutants;
  };

  const judge = (mutants: readonly Mutant[], offsets: readonly number[], letters: readonly Letter[]): void => {
    const reasons = new Map(letters.map(({ topic, offset, reason }) => [`${topic}/${offset}`, reason]));
    mutants.forEach((mutant, at) => {
      const [reason = 'alive'] = (reasons.get(`${bed.topics[mutant.stream]}/${offsets[at]}`) ?? 'alive').split(':', 1);
      report.verdicts.set(mutant.verdict, (report.verdicts.get(mutant.verdict) ?? 0) + 1);
      if (mutant.verdict === 'either' || mutant.verdict === reason || report.wrong.length >= WRONG_MAX) return;
      if (reason === 'alive' && mayBeOverlooked(mutant)) return;
      const value = mutant.value?.subarray(0, 300).toString();
      report.wrong.push(`${mutant.label} on ${mutant.stream}: ${mutant.verdict} became ${reason}: ${value}`);
    });
  };

  /** Casts the sentinel's buff somewhere among the mutants; no mutant is made of it. */
  const withSentinel = (mutants: readonly Mutant[]): Mutant[] => {
    rounds += 1;
    const changes = [{ type: 'WEAPON_ATTACK', amount: rounds }];
    world.applyBuff(SENTINEL, { sourceId: SENTINEL_SOURCE, level: 1, duration: 600_000, changes });
    return mutants.toSpliced(prng.between(0, mutants.length), 0, ...bed.takeEmitted().map(unchanged));
  };

  const checkSentinel = async (): Promise<void> => {
    const { status, attributes } = await service.stats(SENTINEL.tenant, SENTINEL.characterId);
    if (status === 200 && attributes['weaponAttack'] === rounds) return;
    if (report.wrong.length < WRONG_MAX)
      report.wrong.push(`a good event of round ${rounds}: ${status}, ${attributes['weaponAttack']} weapon attack`);
  };

  return {
    report,
    /** One round of at least so many records, checked; resolves with how many there were. */
    async round(most = ROUND): Promise<number> {
      const mutants = withSentinel(draw(Math.min(most, ROUND)));
      const offsets = await bed.send(mutants);
      await consumed(bed);
      await checkSentinel();
      const { total, letters } = await deadLettersOf(service);
      const fresh = total - ownDead;
      ownDead = total;
      if (fresh > letters.length) throw new Error(`of ${fresh} new dead letters only ${letters.length} are kept`);
      judge(mutants, offsets, letters);
      report.sent += mutants.length;
      report.hostile += mutants.filter(({ label }) => label !== '').length;
      report.good = report.sent - report.hostile;
      return mutants.length;
    },
  };
}

const hasty = createDecoder({ isConcerned: () => false });

/** What is wrong with it is not seen where it is about nobody who is held and much comes at once. */
export function mayBeOverlooked(mutant: Mutant): boolean {
  return hasty.decode(encodedRecord(mutant), undefined, false, true).type === 'not-held';
}

/** Resolves when the service has handled all that is on the topics, and nothing that is not. */
export async function consumed(bed: Bed, deadlineMs = CONSUMED_MS): Promise<void> {
  await until(
    'every record is handled',
    async () => {
      const positions = await positionsOf(bed.service);
      return STREAMS.every((stream) => (positions.get(bed.topics[stream]) ?? 0) === bed.sent[stream]);
    },
    deadlineMs,
  );
}
