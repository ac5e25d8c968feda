/** What Nest injects by name because it is no class. */

/** An `OperatorOidc`: the identity provider of operators with the roles that it stands for, or undefined without one. */
export const OPERATOR_OIDC = Symbol('identity provider of operators');
