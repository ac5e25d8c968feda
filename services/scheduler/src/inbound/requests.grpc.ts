import { grpcError, status } from '@usvideo/runtime';
import type { Environment } from '../job/job';
import type { PublicStatus } from '../views/job-object';
import type { Scope } from '../views/job-views.sql';

/** @throws INVALID_ARGUMENT for anything but `live` and `test`. */
export function environmentOf(environment: string): Environment {
  if (environment === 'live' || environment === 'test') return environment;
  throw grpcError(status.INVALID_ARGUMENT, 'environment is live or test');
}

/** @throws INVALID_ARGUMENT when the account or its environment is not named. */
export function scopeOf({ accountId, environment }: { accountId: string; environment: string }): Scope {
  if (accountId === '') throw grpcError(status.INVALID_ARGUMENT, 'account_id is required');
  return { accountId, environment: environmentOf(environment) };
}

const STATUSES: readonly PublicStatus[] = ['pending', 'processing', 'completed', 'failed', 'cancelled'];

/** @throws INVALID_ARGUMENT for a status that no job can have. */
export function statusesOf(given: readonly string[]): PublicStatus[] {
  return given.map((name) => {
    const known = STATUSES.find((each) => each === name);
    if (known === undefined) throw grpcError(status.INVALID_ARGUMENT, `a status is one of ${STATUSES.join(', ')}`);
    return known;
  });
}

export function jobNotFound(): Error {
  return grpcError(status.NOT_FOUND, 'no such job');
}
