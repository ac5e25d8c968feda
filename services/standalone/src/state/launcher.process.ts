const LOOK_EVERY_MS = 500;
export const STOP_WITH_PARENT = '--stop-with-parent';

/** A launcher that was killed cannot say so: its child finds itself with another parent. */
export function stopWithLauncher(args: readonly string[], stop: () => void): void {
  if (!args.includes(STOP_WITH_PARENT)) return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    stop();
  }, LOOK_EVERY_MS).unref();
}
