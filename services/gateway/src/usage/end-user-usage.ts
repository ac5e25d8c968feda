import type { UsageGroup, UsageRow } from '@usvideo/contracts/ledger';

/** A report of more end users than this is for the CSV of the jobs themselves, added up elsewhere. */
export const END_USERS_MAX = 100_000;

/** Adds up usage by end user. What it remembers grows with the end users and not with the jobs. */
export class EndUserUsage {
  private readonly groups = new Map<string, UsageGroup>();

  /** Jobs that named nobody count under the empty name, erased ones under a pseudonym. False: there are too many end users. */
  add(rows: readonly UsageRow[], endUserOf: ReadonlyMap<string, string>): boolean {
    for (const row of rows) {
      const group = endUserOf.get(row.jobId) ?? '';
      const sum = this.groups.get(group) ?? { group, jobs: 0n, seconds: 0n, chargedMicros: 0n, refundedMicros: 0n };
      sum.jobs += 1n;
      sum.seconds += BigInt(row.durationSeconds);
      sum.chargedMicros += row.chargedMicros;
      sum.refundedMicros += row.refundedMicros ?? 0n;
      this.groups.set(group, sum);
    }
    return this.groups.size <= END_USERS_MAX;
  }

  /** The dearest first, as the ledger orders its own groups. */
  sorted(): UsageGroup[] {
    return [...this.groups.values()].sort((a, b) => {
      if (a.chargedMicros !== b.chargedMicros) return a.chargedMicros > b.chargedMicros ? -1 : 1;
      return a.group < b.group ? -1 : 1;
    });
  }
}
