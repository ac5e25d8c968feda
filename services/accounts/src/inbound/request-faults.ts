import { SCOPES } from '../keys/api-key';
import { isEnvironment, isPlan } from '../accounts/plan';

/** What is wrong with a request, as sentences that name the field; empty for a good one. All faults at once. */
export type Faults = string[];

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const CONTROL = /\p{Cc}/u;

export const PASSWORD_LENGTH_MIN = 8;

export function registrationFaults(request: { email: string; password: string; accountName: string; plan: string }): Faults {
  const faults: Faults = [];
  if (request.email.length > 254 || CONTROL.test(request.email) || !EMAIL.test(request.email)) faults.push('email must be an e-mail address');
  if (request.password !== '' && !within(request.password, PASSWORD_LENGTH_MIN, 256)) faults.push(`password must have ${PASSWORD_LENGTH_MIN} to 256 characters`);
  faults.push(...nameFaults('account_name', request.accountName));
  if (!isPlan(request.plan)) faults.push('plan must be standard or enterprise');
  return faults;
}

export function newKeyFaults(request: { environment: string; name: string; scopes: readonly string[] }): Faults {
  const faults = [...environmentFaults(request.environment), ...nameFaults('name', request.name)];
  const unknown = request.scopes.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (unknown.length > 0) faults.push(`scopes may hold ${SCOPES.join(', ')} and nothing else`);
  return faults;
}

export function environmentFaults(environment: string): Faults {
  return isEnvironment(environment) ? [] : ['environment must be live or test'];
}

/** A week is the longest time two keys may open the same door. */
const OVERLAP_MAX_SECONDS = 7 * 86_400;

export function overlapFaults(seconds: number): Faults {
  const good = Number.isInteger(seconds) && seconds >= 0 && seconds <= OVERLAP_MAX_SECONDS;
  return good ? [] : [`overlap_seconds must be 0 to ${OVERLAP_MAX_SECONDS}`];
}

const KEYS_AT_ONCE_MAX = 1_000;

export function keysAtOnceFaults(count: number): Faults {
  return count >= 1 && count <= KEYS_AT_ONCE_MAX ? [] : [`secret_sha256s must have 1 to ${KEYS_AT_ONCE_MAX} entries`];
}

function nameFaults(field: string, name: string): Faults {
  return within(name.trim(), 1, 200) && !CONTROL.test(name) ? [] : [`${field} must have 1 to 200 characters and no control characters`];
}

/** Counts characters as people do, not the two halves of a rare one. */
function within(text: string, shortest: number, longest: number): boolean {
  const { length } = [...text];
  return length >= shortest && length <= longest;
}
