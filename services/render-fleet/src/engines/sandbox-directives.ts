export interface SandboxDirectives {
  /** The error code the attempt fails with. */
  readonly failCode?: string;
  readonly slowSeconds?: number;
}

/** A test must not hold a slot for longer than a real render may. */
const SLOW_SECONDS_MAX = 600;

/** What a prompt of a test key asks of the sandbox: `sandbox:fail=<code>`, `sandbox:slow=<seconds>`. */
export function readDirectives(prompt: string): SandboxDirectives {
  const failCode = /(?:^|\s)sandbox:fail=([a-z][a-z0-9_]{0,63})(?=\s|$)/.exec(prompt)?.[1];
  const slow = /(?:^|\s)sandbox:slow=(\d{1,6}(?:\.\d{1,3})?)(?=\s|$)/.exec(prompt)?.[1];
  return {
    ...(failCode && { failCode }),
    ...(slow && { slowSeconds: Math.min(Number(slow), SLOW_SECONDS_MAX) }),
  };
}
