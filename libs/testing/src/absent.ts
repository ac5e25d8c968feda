export interface Absence {
  /** Whether a machine that says CI=true has to have it. */
  readonly failsInCi: boolean;
}

/** Stands for a group of tests whose machine lacks what they need: counted as skipped and said aloud, or a failure where it has to be there. */
export function absent(name: string, why: string, { failsInCi }: Absence): void {
  const reason = `${name}: not tested, because ${why}`;
  // Jest keeps the console of a file to itself when all of it is skipped.
  process.stderr.write(`\nSKIPPED ${reason}\n`);
  if (failsInCi && process.env.CI === 'true')
    test(name, () => {
      throw new Error(reason);
    });
  else test.skip(reason, () => undefined);
}
