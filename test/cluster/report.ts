import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FILE = process.env.CLUSTER_REPORT ?? join(__dirname, '..', '..', '.data', 'cluster-report.md');

/** What a run on a cluster saw, for docs/operations/cluster-test.md. */
export class Report {
  private readonly seen: (readonly [what: string, figure: string])[] = [];

  saw(what: string, figure: string): void {
    this.seen.push([what, figure]);
  }

  /** @returns where it was written */
  write(facts: Readonly<Record<string, string>>): string {
    const rows = (pairs: readonly (readonly [string, string])[]) => pairs.map(([name, value]) => `| ${name} | ${value} |`);
    const lines = ['| of the run | |', '|---|---|', ...rows(Object.entries(facts)), '', '| seen | |', '|---|---|', ...rows(this.seen)];
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, `${lines.join('\n')}\n`);
    return FILE;
  }
}
