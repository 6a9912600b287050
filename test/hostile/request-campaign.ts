import type { Prng } from '../../src/lib/prng.ts';
import { type Asked, type Attack, type AttackMaker, honest } from './attack.ts';
import { STILL_IDS, stillMaxHp } from './bed.ts';
import { OPERATOR_ATTACKS } from './operator-attacks.ts';
import { exchangeRaw, type RawExchange } from './raw-http.ts';
import { REQUEST_ATTACKS } from './request-attacks.ts';
import { internalIn } from './secrets.ts';
import { SLOW_ATTACKS, SOCKET_ATTACKS } from './socket-attacks.ts';

export interface RequestReport {
  requests: number;
  /** Those that came on the heels of another in one attack, on top. */
  pipelined: number;
  honest: number;
  slow: number;
  readonly statuses: Map<number, number>;
  /** Connections that ended without an answer. */
  silent: number;
  /** What should not have been answered, and what told too much. */
  readonly wrong: string[];
}

const CONNECTIONS = 16;
const HONEST_SHARE = 0.2;
/** The service gives slow clients 10 s (its request time-out) and checks every second. */
const TIMEOUT_MS = 14_000;
/** How long a client waits that expects nothing. */
const IMPATIENT_MS = 300;
const WRONG_MAX = 20;

const QUICK = [REQUEST_ATTACKS, OPERATOR_ATTACKS, SOCKET_ATTACKS].flatMap(Object.entries<AttackMaker>);
const SLOW = Object.entries(SLOW_ATTACKS);

/** Attacks over HTTP, and honest requests between them, several at a time. Equal generators make the same ones in the same order. */
export function createRequestCampaign(port: number, prng: Prng, slowPrng: Prng) {
  const report: RequestReport = {
    requests: 0,
    pipelined: 0,
    honest: 0,
    slow: 0,
    statuses: new Map(),
    silent: 0,
    wrong: [],
  };

  const attack = async (label: string, made: Attack): Promise<void> => {
    const patience = made.maySayNothing === true ? IMPATIENT_MS : TIMEOUT_MS;
    const exchange = await exchangeRaw(port, made, patience);
    report.requests += 1;
    report.pipelined += (made.expected?.length ?? 1) - 1;
    if (exchange.answers.length === 0) report.silent += 1;
    for (const { status } of exchange.answers) report.statuses.set(status, (report.statuses.get(status) ?? 0) + 1);
    for (const problem of problemsOf(made, exchange)) {
      if (report.wrong.length >= WRONG_MAX) return;
      report.wrong.push(`${label}: ${problem}; sent ${made.chunks[0]?.subarray(0, 300).toString('latin1')}`);
    }
  };

  const one = (): Promise<void> => {
    if (prng.chance(HONEST_SHARE)) {
      report.honest += 1;
      return attack('honest', honest(prng));
    }
    const [label, make] = prng.pick(QUICK) ?? ['honest', honest];
    return attack(label, make(prng));
  };

  return {
    report,
    /** At least so many requests. */
    async round(count: number): Promise<void> {
      const until = report.requests + count;
      const worker = async (): Promise<void> => {
        while (report.requests < until) await one();
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, worker));
    },
    /** At least so many slow clients at the same time. */
    async slow(count: number): Promise<void> {
      report.slow += Math.ceil(count / SLOW.length) * SLOW.length;
      const each = Math.ceil(count / SLOW.length);
      await Promise.all(
        SLOW.flatMap(([label, make]) => Array.from({ length: each }, () => attack(label, make(slowPrng)))),
      );
    },
  };
}

function problemsOf(attack: Attack, { answers, text, end }: RawExchange): string[] {
  const problems: string[] = [];
  if (end === 'timeout' && attack.maySayNothing !== true) problems.push('it was neither answered nor ended');
  if (answers.length === 0 && attack.maySayNothing !== true) problems.push('no answer came');
  const strange = answers.find(({ status }) => !attack.statuses.includes(status));
  if (strange !== undefined) problems.push(`answered ${strange.status}: ${strange.body.slice(0, 300)}`);
  const told = internalIn(text);
  if (told !== undefined) problems.push(`the answer tells ${told}`);
  const { expected } = attack;
  if (expected !== undefined && end !== 'timeout') {
    if (answers.length !== expected.length) problems.push(`${answers.length} answers to ${expected.length} requests`);
    answers.forEach(({ status, body }, at) => {
      if (status === 200 && !isOf(expected[at], body)) problems.push(`somebody else's stats: ${body.slice(0, 300)}`);
    });
  }
  return problems;
}

function isOf(asked: Asked | undefined, body: string): boolean {
  if (asked === undefined) return false;
  const { data } = JSON.parse(body);
  const own = data.id === String(STILL_IDS[asked.character]);
  return own && data.attributes.maxHP === stillMaxHp(asked.tenant, asked.character);
}
