export const OPERATOR_ROLES = ['auditor', 'support', 'operator'] as const;
/** Each may do what those before it may. */
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Who administers; the name is the author of what they do. */
export interface OperatorCaller {
  readonly name: string;
  readonly role: OperatorRole;
  /** By the token of the installation, which several people may know. */
  readonly bootstrap: boolean;
}

export const BOOTSTRAP: OperatorCaller = { name: 'bootstrap', role: 'operator', bootstrap: true };

export function mayAct(caller: OperatorCaller, needed: OperatorRole): boolean {
  return OPERATOR_ROLES.indexOf(caller.role) >= OPERATOR_ROLES.indexOf(needed);
}

export function isOperatorRole(text: string): text is OperatorRole {
  return (OPERATOR_ROLES as readonly string[]).includes(text);
}
