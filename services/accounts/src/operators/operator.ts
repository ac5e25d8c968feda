export const OPERATOR_ROLES = ['operator', 'support', 'auditor'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Authors that are nobody's name: the bootstrap token, a customer, the first start, the end of a limit. */
const RESERVED = ['bootstrap', 'self', 'first-start', 'customer', 'expiry', 'retention'];
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/;

export function faultOfOperatorName(name: string): string | undefined {
  if (!NAME.test(name))
    return 'must be 1 to 63 lower-case letters, digits, dots and dashes, with a letter or digit first and last';
  return RESERVED.includes(name) ? 'is a name that the audit log uses for something else' : undefined;
}

export function isOperatorRole(text: string): text is OperatorRole {
  return (OPERATOR_ROLES as readonly string[]).includes(text);
}

/** Ten years; 0 is a token without an end. */
export const EXPIRES_IN_DAYS_MAX = 3_650;
