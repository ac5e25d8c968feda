import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = process.env.CLUSTER_REPORTS ?? join(__dirname, '..', '..', '.data', 'cluster');

/** What a run on a cluster saw, for docs/operations/cluster-test.md. */
export class Report {
  private readonly seen: (readonly [what: string, figure: string])[] = [];

  constructor(private readonly name: string) {}

  saw(what: string, figure: string): void {
    this.seen.push([what, figure]);
  }

  /** @returns where it was written */
  write(facts: Readonly<Record<string, string>>): string {
    const rows = (pairs: readonly (readonly [string, string])[]) =>
      pairs.map(([name, value]) => `| ${name} | ${value} |`);
    const lines = [
      '| of the run | |',
      '|---|---|',
      ...rows(Object.entries(facts)),
      '',
      '| seen | |',
      '|---|---|',
      ...rows(this.seen),
    ];
    const file = join(FOLDER, `${this.name}.md`);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  }
}
