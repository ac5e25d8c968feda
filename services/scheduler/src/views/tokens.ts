/** The `Estimate` that views show: the fleet's, which itself looks at views. */
export const ESTIMATE = Symbol('estimate');
