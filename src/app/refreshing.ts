import type { Clamps } from '../clamp/clamps.ts';
import type { Config } from '../config/config.ts';
import { AppError } from '../lib/app-error.ts';
import type { DriftLog } from '../refresh/drift-log.ts';
import type { Claim } from '../refresh/read-queue.ts';
import { createRefresher, type Refresher, type RefresherOptions } from '../refresh/refresher.ts';
import type { ToldOnce } from '../telemetry/told-once.ts';
import { readCause } from '../watch/causes.ts';
import type { ChangeLog } from '../watch/change-log.ts';
import type { Surroundings } from './ports.ts';

interface RefreshingOptions
  extends Surroundings,
    Pick<RefresherOptions, 'characters' | 'queue' | 'upstream' | 'moments' | 'rulesetOf'> {
  readonly clamps: Clamps | undefined;
  readonly changes: ChangeLog;
  readonly driftLog: DriftLog;
  readonly defects: ToldOnce;
}

/** The refresher, and who is told of its reads. */
export function createRefreshing(config: Config, options: RefreshingOptions): Refresher {
  const { clock, logger, clamps, changes, driftLog, defects } = options;
  const { checkRequirements, auditPeriod, upstreamConcurrency: concurrency } = config;
  return createRefresher({
    ...options,
    ...{ checkRequirements, concurrency, auditPeriod },
    onMerged(claim) {
      try {
        clamps?.check(claim.character);
        if (changes.watching) changes.record(claim.character, readCause(claim));
      } catch (err) {
        const { tenant, characterId } = claim.character;
        const about = { err, tenant: tenant.key, characterId };
        defects.tell(String(err), about, 'a defect: a read could not be followed up');
      }
    },
    onDrift({ character: { tenant, characterId }, part }) {
      driftLog.add({ tenant, characterId, part, at: clock.now() });
      logger.warn({ tenant: tenant.key, characterId, part }, 'the audit found drift and repaired it');
    },
    onFailure({ character: { tenant, characterId }, part }: Claim, err) {
      const details = { err, tenant: tenant.key, characterId, part };
      if (err instanceof AppError) logger.debug(details, 'a read failed and is tried again');
      else logger.error(details, 'a defect: a read failed and is tried again');
    },
  });
}
