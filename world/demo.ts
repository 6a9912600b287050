import type { Tenant } from '../src/domain/tenant.ts';
import type { Clock } from '../src/lib/clock.ts';
import type { WorldRecord } from './producer.ts';
import { createRandomPlay } from './random-play.ts';
import { startUpstreamServer } from './upstream-server.ts';
import { createWorld, FIRST_CHARACTER_ID, WORLD_TENANT, type World } from './world.ts';

export interface DemoOptions {
  /** Gets every event of the world, in order. */
  readonly publish: (record: WorldRecord) => void;
  readonly clock: Clock;
  /** Besides the sample character; 200 when left out. */
  readonly characters?: number;
  /** 40 when left out. */
  readonly actionsPerSecond?: number;
  /** Where the simulated services listen; a free port of 127.0.0.1 when left out. */
  readonly listen?: { readonly host: string; readonly port: number };
}

export interface Demo {
  /** Of the simulated upstream services; ends with a slash. */
  readonly baseUrl: string;
  readonly tenant: Tenant;
  /** Stays logged in, on world 0 and channel 1; its stats change every few seconds. */
  readonly sampleCharacterId: number;
  /** Requests that the simulated services got. */
  requests(): number;
  stop(): Promise<void>;
}

const SEED = 83;
const SAMPLE_STEP_MS = 2_000;
const SAMPLE_ID = FIRST_CHARACTER_ID - 1;
const SAMPLE_CHANNEL = 1;

/** A world of some hundred characters that live, and the services that answer about them. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { publish, clock, characters = 200, actionsPerSecond = 40, listen = {} } = options;
  const world = createWorld({ seed: SEED, clock, emit: publish, characters });
  const sample = { tenant: WORLD_TENANT, characterId: SAMPLE_ID };
  const stepSample = bringInSample(world, sample);
  const upstream = await startUpstreamServer(world, listen);
  const play = createRandomPlay(world, { seed: SEED, actionsPerSecond, except: [sample] });
  world.login(sample, SAMPLE_CHANNEL);
  play.start();
  const timer = setInterval(stepSample, SAMPLE_STEP_MS);
  return {
    baseUrl: upstream.url,
    tenant: WORLD_TENANT,
    sampleCharacterId: SAMPLE_ID,
    requests: () => Object.values(upstream.counts).reduce((sum, count) => sum + count, 0),
    async stop() {
      clearInterval(timer);
      play.stop();
      await upstream.close();
    },
  };
}

/** A Dragon Knight with two swords. Each call of what is returned changes its stats, round and round. */
function bringInSample(world: World, sample: { readonly tenant: Tenant; readonly characterId: number }): () => void {
  const base = { level: 95, job: 131, strength: 424, dexterity: 92, max_hp: 4_600, max_mp: 620 };
  world.makeUp({ ...sample, name: 'Tristan', base });
  const swords = [world.give(sample, 1302059), world.give(sample, 1302020)] as const;
  for (const templateId of [1002357, 1072238, 1102084, 1142000]) world.equip(sample, world.give(sample, templateId));
  world.equip(sample, swords[1]);
  for (const skillId of [1000000, 1300000]) world.learnSkill(sample, skillId, 16);
  world.learnSkill(sample, 1301007, 30);

  const round = [
    () => world.equip(sample, swords[0]),
    () => world.cast(sample, 1301007),
    () => world.consume(sample, 2002004),
    () => world.equip(sample, swords[1]),
    () => world.expireBuff(sample, 1301007),
    () => world.expireBuff(sample, -2002004),
  ];
  let next = 0;
  return () => {
    round[next % round.length]?.();
    next++;
  };
}
