import { OPERATOR_ROLES, isOperatorRole, type OperatorRole } from './operator';

/** What the identity provider says of somebody, by what it means here: the first role counts that any of it stands for. */
export type RoleMap = ReadonlyMap<string, OperatorRole>;

/** Reads `group=role` pairs. Undefined: one of them is none. */
export function readRoleMap(pairs: readonly string[]): RoleMap | undefined {
  const roles = new Map<string, OperatorRole>();
  for (const pair of pairs) {
    const at = pair.lastIndexOf('=');
    const [value, role] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (at < 1 || value === '' || !isOperatorRole(role)) return undefined;
    roles.set(value, role);
  }
  return roles;
}

/** @param claim a text or a list of texts, as providers tell groups and roles; anything else stands for nothing */
export function federatedRole(claim: unknown, roles: RoleMap): OperatorRole | undefined {
  const values = (Array.isArray(claim) ? claim : [claim]).filter((value) => typeof value === 'string');
  const meant = new Set(values.map((value) => roles.get(value)));
  return OPERATOR_ROLES.find((role) => meant.has(role));
}

/** The part of the address before the @, in the letters that names of operators are made of. */
export function federatedName(email: string): string {
  return email
    .slice(0, email.lastIndexOf('@'))
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 63)
    .replace(/[^a-z0-9]+$/, '');
}
