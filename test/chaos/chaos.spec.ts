import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describeOwnKafka } from '@usvideo/testing';

/** A bound for a slow machine: the faults are over when each kind has hit something once. */
const FAULTS_WITHIN_SECONDS = 300;
const RUN_WITHIN_MS = 900_000;

/** The same order of faults again when a run is repeated with its seed: `CHAOS_SEED=… npm test -- chaos`. */
const seed = Number(process.env.CHAOS_SEED ?? 20_261);

describeOwnKafka('a cluster that is broken in every known way under load', () => {
  it(`loses nothing, doubles nothing and promises nothing in vain (seed ${seed})`, async () => {
    const { code, output } = await chaos([
      '--seed', String(seed), '--seconds', String(FAULTS_WITHIN_SECONDS), '--faults-each', '1', '--lanes', '3', '--jobs', '100', '--calm-seconds', '10', '--no-judge-throughput',
    ]);
    // What was counted belongs into the log of every run, and what went on before only into that of a failed one.
    process.stdout.write(code === 0 ? output.slice(output.indexOf('\nFaults\n')) : output);
    expect(code).toBe(0);
  }, RUN_WITHIN_MS);
});

async function chaos(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const warnings = ['ExperimentalWarning', 'MODULE_TYPELESS_PACKAGE_JSON'].map((name) => `--disable-warning=${name}`);
  const child = spawn(process.execPath, ['--enable-source-maps', ...warnings, join(__dirname, 'chaos.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(chunks).toString('utf8') };
}
