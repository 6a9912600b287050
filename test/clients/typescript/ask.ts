// Asks a service through a client that is generated from openapi.json, and prints what it decoded. The first argument is the
// service's origin. It has to compile: that the types are there and say what is in an answer.
import createClient from 'openapi-fetch';
import type { components, paths } from './generated/api.ts';

const client = createClient<paths>({ baseUrl: process.argv[2] ?? '' });
const path = { worldId: 0, channelId: 1, characterId: 999 };
const header = {
  TENANT_ID: '083839c6-c47c-42a6-9585-76492795d123',
  REGION: 'GMS',
  MAJOR_VERSION: 83,
  MINOR_VERSION: 1,
};

const STATS = '/api/worlds/{worldId}/channels/{channelId}/characters/{characterId}/stats';

async function main(): Promise<void> {
  const stats = await client.GET(STATS, { params: { path, header } });
  const attributes: components['schemas']['StatsAttributes'] | undefined = stats.data?.data.attributes;
  const bonus: components['schemas']['Bonus'] | undefined = attributes?.bonuses?.[0];
  const statType: 'strength' | 'dexterity' | 'max_hp' | string | undefined = bonus?.statType;
  // @ts-expect-error: there is no such attribute, and the type knows.
  void attributes?.charisma;
  // @ts-expect-error: a path needs all its ids.
  void (() => client.GET(STATS, { params: { path: { worldId: 0 }, header } }));

  const explained = await client.GET(`${STATS}/explain`, { params: { path, header, query: { stat: 'max_hp' } } });
  // As text it would be for people.
  const explanation: components['schemas']['Explanation'] | undefined =
    typeof explained.data === 'string' ? undefined : explained.data;
  const total: number | undefined = explanation?.data.attributes.stats[0]?.phases[0]?.lines[0]?.total;

  const previewed = await client.POST(`${STATS}/preview`, {
    params: { path, header },
    body: { base: { level: 120 } },
  });
  const difference: components['schemas']['StatDifferences'] | undefined = previewed.data?.data.attributes.difference;

  const unknown = await client.GET(STATS, { params: { path: { ...path, characterId: 4_242_424_242 }, header } });
  const errors: components['schemas']['Errors'] | undefined = unknown.error;

  const ready = await client.GET('/api/readyz');
  const seen = {
    id: stats.data?.data.id,
    maxHP: attributes?.maxHP,
    statType,
    total,
    weaponAttack: difference?.weaponAttack,
    code: errors?.errors[0]?.code,
    status: ready.data?.status,
  };
  process.stdout.write(JSON.stringify(seen));
}

await main();
