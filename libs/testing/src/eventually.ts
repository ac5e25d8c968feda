import { setTimeout as delay } from 'node:timers/promises';

export interface Deadline {
  /** What is awaited, for the message when it does not come. */
  readonly what: string;
  /** 30 s unless told. */
  readonly deadlineMs?: number;
}

/**
 * Asks until the answer is neither undefined, null nor false, and returns it.
 * @throws at the deadline, with the last answer or the last error.
 */
export async function eventually<T>(
  check: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  { what, deadlineMs = 30_000 }: Deadline,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await check();
      if (answer !== undefined && answer !== null && answer !== false) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline)
      throw new Error(`not within ${deadlineMs} ms: ${what} (last: ${String(last)})`, { cause: last });
    await delay(10);
  }
}
