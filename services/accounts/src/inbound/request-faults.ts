import { faultOfEmail, faultOfLine, faultOfPassword, PASSWORD_CHARACTERS_MAX } from '@usvideo/contracts/text';
import { SCOPES } from '../keys/api-key';
import { isEnvironment, isPlan } from '../accounts/plan';
import { isRole, ROLES } from '../people/roles';

/** What is wrong with a request, as sentences that name the field; empty for a good one. All faults at once. */
export type Faults = string[];

const NAME_CHARACTERS_MAX = 200;

export function registrationFaults(request: { email: string; password: string; accountName: string; plan: string }): Faults {
  const faults = [
    ...faultsOf('email', faultOfEmail(request.email)),
    ...(request.password === '' ? [] : faultsOf('password', faultOfPassword(request.password))),
    ...faultsOf('account_name', faultOfLine(request.accountName, NAME_CHARACTERS_MAX)),
  ];
  if (!isPlan(request.plan)) faults.push('plan must be standard or enterprise');
  return faults;
}

/** A sign-in is not told what its password should have been like, only kept small. */
export function signInFaults({ email, password }: { email: string; password: string }): Faults {
  const tooLong = password.length > 2 * PASSWORD_CHARACTERS_MAX ? [`password must be at most ${PASSWORD_CHARACTERS_MAX} characters`] : [];
  return [...faultsOf('email', faultOfEmail(email.trim())), ...tooLong];
}

export function passwordFaults(field: string, password: string): Faults {
  return faultsOf(field, faultOfPassword(password));
}

export function roleFaults(role: string): Faults {
  return isRole(role) ? [] : [`role must be one of ${ROLES.join(', ')}`];
}

export function invitationFaults({ email, role }: { email: string; role: string }): Faults {
  return [...faultsOf('email', faultOfEmail(email)), ...roleFaults(role)];
}

/** No scopes are a mistake of the caller, never the default ones: what is left of a filter would give more than was there. */
export function newKeyFaults(request: { environment: string; name: string; scopes: readonly string[] }): Faults {
  const faults = [...environmentFaults(request.environment), ...faultsOf('name', faultOfLine(request.name, NAME_CHARACTERS_MAX))];
  const unknown = request.scopes.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (request.scopes.length === 0) faults.push('scopes must name at least one scope');
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

function faultsOf(field: string, fault: string | undefined): Faults {
  return fault === undefined ? [] : [`${field} ${fault}`];
}
