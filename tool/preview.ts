import { readFile } from 'node:fs/promises';
import { defineCommand, EXIT, Failure, UsageError } from './command.ts';
import { fileTrouble } from './file-trouble.ts';
import { openService, SERVICE_OPTIONS, type ServiceAccess } from './service.ts';

const BASE = /^([A-Za-z]+)=(-?\d{1,10})$/;
const BUFF = /^(-?\d{1,10})((?: ?,? ?[A-Z_]+=-?\d{1,10})+)$/;

export const preview = defineCommand({
  summary: 'What the stats would be with other items, buffs or base values. Nothing is stored.',
  words: '<character>',
  details: [
    'The character by id, or by the name of somebody who is held. Items and buffs in the words that explain prints.',
    'Example: effective-stats preview 999 --put-on "Maple Soul Rohen" --buff "1101006 WEAPON_ATTACK=12" --base level=105',
  ],
  options: {
    ...SERVICE_OPTIONS,
    'put-on': {
      type: 'string',
      multiple: true,
      placeholder: 'ITEM',
      description: 'A template id, the name of an item, or equipment:ID for one in the bag.',
    },
    'take-off': {
      type: 'string',
      multiple: true,
      placeholder: 'ITEM',
      description: 'Asset id of something worn, or equipment:ID.',
    },
    buff: {
      type: 'string',
      multiple: true,
      placeholder: 'BUFF',
      description: 'A source and what it changes: "1101006 WEAPON_ATTACK=12".',
    },
    'remove-buff': { type: 'string', multiple: true, placeholder: 'SOURCE', description: 'A source, or buff:ID.' },
    base: {
      type: 'string',
      multiple: true,
      placeholder: 'FIELD=VALUE',
      description: 'A base value, such as level=105 or maxHP=5000.',
    },
    body: {
      type: 'string',
      placeholder: 'FILE',
      description: 'The whole request as JSON, instead of the options before.',
    },
  },
  async run({ values, words: [who = ''] }, terminal) {
    const service = openService(values, terminal);
    const body = values.body === undefined ? await trialOf(service, values) : await readBody(values.body);
    const path = await service.character(who);
    const answer = await service.text(`${path}/stats/preview${values.json === true ? '' : '?format=text'}`, body);
    terminal.stdout.write(answer.endsWith('\n') ? answer : `${answer}\n`);
    return EXIT.fine;
  },
});

interface Wanted {
  readonly 'put-on'?: readonly string[] | undefined;
  readonly 'take-off'?: readonly string[] | undefined;
  readonly buff?: readonly string[] | undefined;
  readonly 'remove-buff'?: readonly string[] | undefined;
  readonly base?: readonly string[] | undefined;
}

async function trialOf(service: ServiceAccess, wanted: Wanted): Promise<object> {
  const putOn: object[] = [];
  for (const item of wanted['put-on'] ?? []) putOn.push(await itemOf(service, item));
  return {
    putOn,
    takeOff: (wanted['take-off'] ?? []).map(idOrWord),
    addBuffs: (wanted.buff ?? []).map(buffOf),
    removeBuffs: (wanted['remove-buff'] ?? []).map(idOrWord),
    base: Object.fromEntries((wanted.base ?? []).map(baseOf)),
  };
}

async function itemOf(service: ServiceAccess, item: string): Promise<object> {
  if (/^\d+$/.test(item)) return { templateId: Number(item) };
  if (item.startsWith('equipment:')) return { assetId: item };
  const { data = [] } = await service.json(`/api/effective-stats/items?search=${encodeURIComponent(item)}`);
  const exact = data.filter(({ attributes }) => attributes?.name?.toLowerCase() === item.toLowerCase());
  const [only, ...more] = exact.length > 0 ? exact : data;
  if (only === undefined)
    throw new Failure(`The data service knows no item called "${item}"; name it by its template id.`);
  if (more.length === 0) return { templateId: Number(only.id) };
  const named = [only, ...more].slice(0, 10).map((one) => `${one.attributes?.name ?? '?'} (${one.id})`);
  throw new Failure(`Several items are called like "${item}": ${named.join(', ')}`);
}

/** What is no number is left to the service, which knows its words and says which there are. */
function idOrWord(text: string): number | string {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

function buffOf(text: string): object {
  const [, source, changes = ''] = BUFF.exec(text) ?? [];
  if (source === undefined)
    throw new UsageError(`--buff: expected a source and changes such as "1101006 WEAPON_ATTACK=12", got "${text}"`);
  const pairs = [...changes.matchAll(/([A-Z_]+)=(-?\d+)/g)].map(([, type = '', amount]) => ({
    type,
    amount: Number(amount),
  }));
  return { sourceId: Number(source), changes: pairs };
}

function baseOf(text: string): readonly [string, number] {
  const [, field, value] = BASE.exec(text) ?? [];
  if (field === undefined)
    throw new UsageError(`--base: expected a field and an integer such as level=105, got "${text}"`);
  return [field, Number(value)];
}

async function readBody(file: string): Promise<object> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--body: ${fileTrouble(file, error)}`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--body: ${file} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}
