import { editDistance } from '../lib/edit-distance.ts';

/** Names under which other services of the kind take what ours take; too far from ours to be a slip. */
const ALIASES: Readonly<Record<string, string>> = {
  KAFKA_BROKERS: 'BOOTSTRAP_SERVERS',
  KAFKA_BROKER: 'BOOTSTRAP_SERVERS',
  KAFKA_BOOTSTRAP_SERVERS: 'BOOTSTRAP_SERVERS',
  KAFKA_SERVERS: 'BOOTSTRAP_SERVERS',
  KAFKA_URL: 'BOOTSTRAP_SERVERS',
  BROKERS: 'BOOTSTRAP_SERVERS',
  BASE_URL: 'BASE_SERVICE_URL',
  SERVICE_URL: 'BASE_SERVICE_URL',
  PORT: 'REST_PORT',
  HTTP_PORT: 'REST_PORT',
  KAFKA_GROUP_ID: 'KAFKA_CONSUMER_GROUP',
  CONSUMER_GROUP: 'KAFKA_CONSUMER_GROUP',
};

export interface NearName {
  /** As set. */
  readonly name: string;
  /** What is probably meant. */
  readonly meant: string;
  /** A slip of a letter or two; false: a name that others use. */
  readonly isSlip: boolean;
}

/** Variables that are set and look like one of ours that is not. */
export function nearNames(
  env: Readonly<Record<string, string | undefined>>,
  ours: readonly string[],
): readonly NearName[] {
  const unset = ours.filter((name) => (env[name] ?? '') === '');
  return Object.entries(env).flatMap(([name, value]): NearName[] => {
    if (value === undefined || value === '' || ours.includes(name)) return [];
    const slip = unset.find((meant) => isSlip(name, meant));
    if (slip !== undefined) return [{ name, meant: slip, isSlip: true }];
    const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
    return alias !== undefined && unset.includes(alias) ? [{ name, meant: alias, isSlip: false }] : [];
  });
}

/** The shorter a name, the more others have names like it: PORT and HOST, POD_NAME and NODE_NAME. */
function isSlip(name: string, meant: string): boolean {
  const slips = meant.length >= 10 ? 2 : 1;
  if (meant.length < 5 || Math.abs(name.length - meant.length) > slips) return false;
  return editDistance(name.toUpperCase(), meant) <= slips;
}
