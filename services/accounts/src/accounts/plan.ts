import type { Limits } from '@usvideo/contracts/accounts';

export const ENVIRONMENTS = ['live', 'test'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

export const PLANS = ['standard', 'enterprise'] as const;
export type Plan = (typeof PLANS)[number];

const REQUEST_RATES = { createsPerMinute: 300, readsPerMinute: 3_000 };

/** What a plan allows in each environment until an operator sets something else. */
export const PLAN_LIMITS: Readonly<Record<Plan, Limits>> = {
  standard: { concurrentJobs: 10, queuedJobs: 1_000, ...REQUEST_RATES },
  enterprise: { concurrentJobs: 50, queuedJobs: 10_000, ...REQUEST_RATES },
};

type Bounds = readonly [lowest: number, highest: number];

/** Zero jobs freezes an account; zero requests a minute has no emission interval and would lock the customer out of undoing it. */
const LIMIT_BOUNDS: Readonly<Record<keyof Limits, Bounds>> = {
  concurrentJobs: [0, 100_000],
  queuedJobs: [0, 10_000_000],
  createsPerMinute: [1, 1_000_000],
  readsPerMinute: [1, 1_000_000],
};

export function limitsAreInRange(limits: Limits): boolean {
  return (Object.keys(LIMIT_BOUNDS) as (keyof Limits)[]).every((name) => {
    const [lowest, highest] = LIMIT_BOUNDS[name];
    return Number.isInteger(limits[name]) && limits[name] >= lowest && limits[name] <= highest;
  });
}

export function sameLimits(a: Limits, b: Limits): boolean {
  return (Object.keys(LIMIT_BOUNDS) as (keyof Limits)[]).every((name) => a[name] === b[name]);
}

export function isEnvironment(text: string): text is Environment {
  return (ENVIRONMENTS as readonly string[]).includes(text);
}

export function isPlan(text: string): text is Plan {
  return (PLANS as readonly string[]).includes(text);
}
