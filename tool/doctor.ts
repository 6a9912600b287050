import { formatViolations, parseConfig } from '../src/config/config.ts';
import { printable, printableJson } from '../src/lib/printable.ts';
import { defineCommand, EXIT, type Terminal } from './command.ts';
import type { Finding } from './doctor/finding.ts';
import { DEFAULT_TENANT, integer, tenant } from './values.ts';

const SIGN = { fine: 'ok  ', warning: 'look', wrong: 'WRONG' } as const;

export const doctor = defineCommand({
  summary: 'What is misconfigured or out of order around the service, and what to do about it.',
  details: [
    'Looks with the variables that the service would have: at each broker, topic and group and what this',
    'user may do there, at each upstream service with a real request for each tenant, and at clocks.',
    'Changes nothing. Exits with 1 when something is wrong.',
  ],
  options: {
    tenant: {
      type: 'string',
      multiple: true,
      placeholder: 'TENANT',
      description: `For whom the services are asked: <UUID>/<region>/<major>.<minor>. ${DEFAULT_TENANT} when left out.`,
    },
    character: {
      type: 'string',
      placeholder: 'ID',
      default: '1',
      description: 'Whom they are asked about; need not exist.',
    },
  },
  async run({ values }, terminal) {
    const tenants = (values.tenant ?? [DEFAULT_TENANT]).map((text) => tenant('--tenant', text));
    const characterId = integer('--character', values.character, 0, 4_294_967_295);
    const findings: Finding[] = [];
    for await (const found of examine(terminal.env, tenants, characterId)) {
      findings.push(found);
      if (values.json !== true) terminal.stdout.write(`${textOf(found)}\n`);
    }
    const wrong = findings.filter(({ state }) => state === 'wrong').length;
    if (values.json === true)
      terminal.stdout.write(`${printableJson(JSON.stringify({ wrong, findings }, undefined, 2))}\n`);
    else terminal.stdout.write(wrong === 0 ? 'Nothing is wrong.\n' : `${wrong} of ${findings.length} are wrong.\n`);
    return wrong === 0 ? EXIT.fine : EXIT.wrong;
  },
});

async function* examine(
  env: Terminal['env'],
  tenants: Parameters<typeof import('./doctor/services.ts').examineServices>[1],
  characterId: number,
): AsyncGenerator<Finding> {
  const parsed = parseConfig(env);
  if ('violations' in parsed) {
    for (const violation of parsed.violations) {
      const told = formatViolations([violation]).split('\n')[1]?.trim() ?? '';
      yield { what: `variable ${violation.variable}`, state: 'wrong', told, mend: `Set it as serve --help tells.` };
    }
    return;
  }
  for (const told of parsed.warnings) yield { what: 'configuration', state: 'warning', told };
  const { config } = parsed;
  if (config.mode === 'demo') {
    const mend = 'Set BOOTSTRAP_SERVERS to the Kafka brokers, and BASE_SERVICE_URL to the Atlas services.';
    yield { what: 'variable BOOTSTRAP_SERVERS', state: 'wrong', told: 'is not set: only the demo would run', mend };
    return;
  }
  yield { what: 'configuration', state: 'fine', told: 'every variable can be worked with' };
  const { examineKafka } = await import('./doctor/kafka.ts');
  yield* await examineKafka(config);
  const { examineServices } = await import('./doctor/services.ts');
  yield* await examineServices(config, tenants, characterId);
}

function textOf({ what, state, told, mend }: Finding): string {
  const lines = [`${SIGN[state]} ${what}: ${printable(told)}`, ...(mend === undefined ? [] : [`     ${mend}`])];
  return lines.join('\n');
}
