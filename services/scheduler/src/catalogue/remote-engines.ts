import type { Terms } from '@usvideo/contracts/scheduler';
import type { CatalogueModel } from '@usvideo/runtime';
import type { FreeWorker } from '../limits/virtual-time';

/** What may go to engines that are hosted by others and paid by the second. */
export interface RemoteEngines {
  readonly models: readonly CatalogueModel[];
  /** For one day (UTC), in all. */
  readonly dailyBudgetMicros: bigint;
}

/** The models of a class have one policy: the catalogue sees to it. */
function policyOf(models: readonly CatalogueModel[], jobClass: string): CatalogueModel['engines'] {
  return models.find(({ job_class }) => job_class === jobClass)?.engines ?? 'own';
}

/** What a hosted engine takes for a job; undefined: nobody has said it, so that none gets it. */
export function remoteCostMicros(
  models: readonly CatalogueModel[],
  { model, resolution, durationSeconds }: Terms,
): bigint | undefined {
  const costs: Readonly<Record<string, bigint>> = models.find(({ id }) => id === model)?.remote_cost ?? {};
  const perSecond = costs[resolution];
  return perSecond === undefined ? undefined : perSecond * BigInt(durationSeconds);
}

/** Our own workers, with the classes that they may render. */
export function ownWorkers(models: readonly CatalogueModel[], workers: readonly FreeWorker[]): FreeWorker[] {
  return serving(
    workers.filter(({ remote }) => !remote),
    (jobClass) => policyOf(models, jobClass) !== 'remote',
  );
}

/** Hosted engines, with the classes that they may render now. @param full the classes of which no own slot is free */
export function remoteWorkers(
  models: readonly CatalogueModel[],
  workers: readonly FreeWorker[],
  full: ReadonlySet<string>,
): FreeWorker[] {
  return serving(
    workers.filter(({ remote }) => remote),
    (jobClass) => {
      const policy = policyOf(models, jobClass);
      return policy === 'remote' || (policy === 'own_then_remote' && full.has(jobClass));
    },
  );
}

function serving(workers: readonly FreeWorker[], may: (jobClass: string) => boolean): FreeWorker[] {
  return workers
    .map((worker) => ({ ...worker, jobClasses: worker.jobClasses.filter(may) }))
    .filter(({ jobClasses }) => jobClasses.length > 0);
}
