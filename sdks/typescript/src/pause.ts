import { USVideoError } from './errors.ts';

/** @throws USVideoError `aborted` as soon as the signal says so. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(abortedBy(signal));
    };
    if (signal?.aborted) return reject(abortedBy(signal));
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

export function abortedBy(signal: AbortSignal | undefined): USVideoError {
  return new USVideoError({
    code: 'aborted',
    message: 'The signal of the caller aborted this.',
    cause: signal?.reason as unknown,
  });
}
