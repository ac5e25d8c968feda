import { grpcError, status } from '@usvideo/runtime';
import type { AccountRefusal } from '../accounts/account-commands';
import type { Faults } from './request-faults';

const STATUS_OF = {
  account_not_found: status.NOT_FOUND,
  account_closed: status.FAILED_PRECONDITION,
  limits_out_of_range: status.INVALID_ARGUMENT,
  key_not_found: status.NOT_FOUND,
  key_not_usable: status.FAILED_PRECONDITION,
  too_many_keys: status.RESOURCE_EXHAUSTED,
} satisfies Record<AccountRefusal, status>;

/** The message is the refusal's name: callers compare it. */
export function refusalError(refusal: AccountRefusal): Error {
  return grpcError(STATUS_OF[refusal], refusal);
}

/** All faults at once, one a line. */
export function refuseFaults(faults: Faults): void {
  if (faults.length > 0) throw grpcError(status.INVALID_ARGUMENT, faults.join('\n'));
}
