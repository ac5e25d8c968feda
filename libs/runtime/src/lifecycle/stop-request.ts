/** One signal may come twice: through the process group and again from a parent that hands it on. */
const SAME_REQUEST_MS = 1_000;

/**
 * Turns requests to stop into one orderly stop. Who asks again a second later or more means at once.
 * @param nowMs of a clock that only goes forward
 */
export function onStopRequest(
  stop: (reason: string) => void,
  stopAtOnce: () => void,
  nowMs = () => performance.now(),
): (reason: string) => void {
  let askedAtMs: number | undefined;
  return (reason) => {
    if (askedAtMs === undefined) {
      askedAtMs = nowMs();
      stop(reason);
    } else if (nowMs() - askedAtMs >= SAME_REQUEST_MS) stopAtOnce();
  };
}

/**
 * The same for a process, which SIGINT and SIGTERM ask to stop.
 * @returns what asks for another reason
 */
export function onStopSignal(stop: (reason: string) => void, stopAtOnce: () => void): (reason: string) => void {
  const ask = onStopRequest(stop, stopAtOnce);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ask(signal));
  return ask;
}
