import { faultOfEmail, faultOfLine, faultOfPassword, PASSWORD_CHARACTERS_MAX } from '@usvideo/contracts/text';
import { SCOPES } from '../keys/api-key';
import { isEnvironment, isPlan } from '../accounts/plan';
import { EXPIRES_IN_DAYS_MAX, faultOfOperatorName, isOperatorRole, OPERATOR_ROLES } from '../operators/operator';
import { isRole, ROLES } from '../people/roles';

/** What is wrong with a request, as sentences that name the field; empty for a good one. All faults at once. */
export type Faults = string[];

const NAME_CHARACTERS_MAX = 200;

export function registrationFaults(request: {
  email: string;
  password: string;
  accountName: string;
  plan: string;
}): Faults {
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
  const tooLong =
    password.length > 2 * PASSWORD_CHARACTERS_MAX
      ? [`password must be at most ${PASSWORD_CHARACTERS_MAX} characters`]
      : [];
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
  const faults = [
    ...environmentFaults(request.environment),
    ...faultsOf('name', faultOfLine(request.name, NAME_CHARACTERS_MAX)),
  ];
  const unknown = request.scopes.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (request.scopes.length === 0) faults.push('scopes must name at least one scope');
  if (unknown.length > 0) faults.push(`scopes may hold ${SCOPES.join(', ')} and nothing else`);
  return faults;
}

export function environmentFaults(environment: string): Faults {
  return isEnvironment(environment) ? [] : ['environment must be live or test'];
}

const LIMITS_END_DAYS_MAX = 366;

export function limitsEndFaults(expiresAt: Date | undefined, now: Date): Faults {
  const ahead = expiresAt === undefined ? 1 : expiresAt.getTime() - now.getTime();
  return ahead > 0 && ahead <= LIMITS_END_DAYS_MAX * 86_400_000
    ? []
    : [`expires_at must be in the future, and at most ${LIMITS_END_DAYS_MAX} days from now`];
}

/** A week is the longest time two keys may open the same door. */
const OVERLAP_MAX_SECONDS = 7 * 86_400;

export function overlapFaults(seconds: number): Faults {
  const good = Number.isInteger(seconds) && seconds >= 0 && seconds <= OVERLAP_MAX_SECONDS;
  return good ? [] : [`overlap_seconds must be 0 to ${OVERLAP_MAX_SECONDS}`];
}

export function newOperatorFaults({
  name,
  role,
  expiresInDays,
}: {
  name: string;
  role: string;
  expiresInDays: number;
}): Faults {
  const roles = isOperatorRole(role) ? [] : [`role must be one of ${OPERATOR_ROLES.join(', ')}`];
  return [...faultsOf('name', faultOfOperatorName(name)), ...roles, ...expiryFaults(expiresInDays)];
}

export function expiryFaults(days: number): Faults {
  const good = Number.isInteger(days) && days >= 0 && days <= EXPIRES_IN_DAYS_MAX;
  return good ? [] : [`expires_in_days must be 0 to ${EXPIRES_IN_DAYS_MAX}`];
}

const ORDER_CHARACTERS_MAX = 4_000;

export function orderFaults({ action, subject, order }: { action: string; subject: string; order: string }): Faults {
  const faults: Faults = /^[a-z_]{1,60}$/.test(action) ? [] : ['action must be lower-case words joined by underscores'];
  if (subject.length > 500) faults.push('subject must be shorter');
  if (order.length > ORDER_CHARACTERS_MAX || !isJsonObject(order))
    faults.push(`order must be a JSON object of at most ${ORDER_CHARACTERS_MAX} characters`);
  return faults;
}

const ORDER_KINDS = ['credit', 'adjustment', 'top_up'];
const PAGE_MAX = 100;

export function pendingOrderFaults({
  kind,
  reference,
  reason,
  amountMicros,
}: {
  kind: string;
  reference: string;
  reason: string;
  amountMicros: bigint;
}): Faults {
  const faults = [
    ...faultsOf('reference', faultOfLine(reference, 200)),
    ...faultsOf('reason', faultOfLine(reason, 500)),
  ];
  if (!ORDER_KINDS.includes(kind)) faults.push(`kind must be one of ${ORDER_KINDS.join(', ')}`);
  if (amountMicros === 0n) faults.push('amount_usd must not be 0');
  return faults;
}

export function pageFaults(limit: number): Faults {
  return limit >= 1 && limit <= PAGE_MAX ? [] : [`limit must be 1 to ${PAGE_MAX}`];
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

const QUERY_CHARACTERS_MAX = 8_000;
const PASSKEY_CHARACTERS_MAX = 16_000;
const PASSKEY_NAME_CHARACTERS_MAX = 100;

/** Of what an identity provider sent the browser back with. */
export function queryFaults(query: string): Faults {
  return query.length <= QUERY_CHARACTERS_MAX ? [] : [`query must be at most ${QUERY_CHARACTERS_MAX} characters`];
}

export function passkeyFaults({ responseJson, name }: { responseJson: string; name: string }): Faults {
  const faults = faultsOf('name', faultOfLine(name, PASSKEY_NAME_CHARACTERS_MAX));
  if (responseJson.length > PASSKEY_CHARACTERS_MAX || !isJsonObject(responseJson))
    faults.push(`response must be a JSON object of at most ${PASSKEY_CHARACTERS_MAX} characters`);
  return faults;
}

const KEYS_AT_ONCE_MAX = 1_000;

export function keysAtOnceFaults(count: number): Faults {
  return count >= 1 && count <= KEYS_AT_ONCE_MAX ? [] : [`secret_sha256s must have 1 to ${KEYS_AT_ONCE_MAX} entries`];
}

function faultsOf(field: string, fault: string | undefined): Faults {
  return fault === undefined ? [] : [`${field} ${fault}`];
}
