import type { Bed } from './bed.ts';
import type { Child } from './child.ts';
import type { CrowdLoad, CrowdPlan } from './processes/crowd.ts';
import type { Service } from './service.ts';

/** Clients in a process of their own, connected to the service. */
export interface Crowd {
  /** One load after the other. Rejects when the service ends. */
  load(): Promise<CrowdLoad>;
  readonly child: Child;
}

export async function startCrowd(bed: Bed, service: Service, plan: Omit<CrowdPlan, 'port'>): Promise<Crowd> {
  const { child } = await bed.startHelper('crowd', JSON.stringify({ ...plan, port: service.port }));
  return {
    child,
    async load() {
      const load = await service.child.whileAlive(child.ask('load'));
      if (!isLoad(load)) throw new Error('the crowd did not tell what it saw');
      return load;
    },
  };
}

function isLoad(value: unknown): value is CrowdLoad {
  return typeof value === 'object' && value !== null && 'goodput' in value && 'latencies' in value;
}
