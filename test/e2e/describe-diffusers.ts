import { absent } from '@usvideo/testing';

/** A group of tests of the engine whose packages take 6 GB: where they are asked for; elsewhere counted as skipped, and said aloud. */
export function describeDiffusers(name: string, tests: () => void): void {
  if (process.env.DIFFUSERS_TEST === 'true') return describe(name, tests);
  absent(name, 'DIFFUSERS_TEST is not `true`', { failsInCi: false });
}
