/** Puts the mutants of mutants.json into a copy of the sources, one at a time: each must turn one of its tests red. */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutated, type Mutant } from './mutant.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const RUN_MS = 300_000;

async function main(ids: readonly string[]): Promise<number> {
  const all = JSON.parse(readFileSync(join(root, 'test', 'mutants', 'mutants.json'), 'utf8')) as Mutant[];
  const unknown = ids.filter((id) => !all.some((mutant) => mutant.id === id));
  if (unknown.length > 0) throw new Error(`there is no mutant ${unknown.join(', ')}`);
  const mutants = ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
  for (const mutant of all) mutated(readFileSync(join(root, mutant.file), 'utf8'), mutant);
  const copy = copyOfSources();
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

  if (!(await pass(copy, [...new Set(mutants.flatMap(({ specs }) => specs))], { runMs: 10 * RUN_MS, shown: true })))
    throw new Error('the tests fail without any mutant: what they say of mutants would mean nothing');
  const survivors: Mutant[] = [];
  for (const mutant of mutants) {
    const startedAt = performance.now();
    const survived = await survives(copy, mutant);
    if (survived) survivors.push(mutant);
    console.log(
      `${survived ? 'SURVIVED' : 'killed  '} ${mutant.id.padEnd(4)} ${mutant.rule.padEnd(18)} ${mutant.file} (${((performance.now() - startedAt) / 1_000).toFixed(0)} s)`,
    );
  }
  const killed = mutants.length - survivors.length;
  console.log(
    `\nhand-made: ${killed} of ${mutants.length} mutants killed (${((100 * killed) / mutants.length).toFixed(1)} %)${survivors.length > 0 ? `; alive: ${survivors.map(({ id }) => id).join(', ')}` : ''}`,
  );
  return survivors.length > 0 ? 1 : 0;
}

/** What git would commit, so that a mutant never comes near the sources. */
function copyOfSources(): string {
  const copy = mkdtempSync(join(tmpdir(), 'usv-mutants-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

async function survives(copy: string, mutant: Mutant): Promise<boolean> {
  const path = join(copy, mutant.file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, mutated(source, mutant));
  try {
    return await pass(copy, mutant.specs);
  } finally {
    writeFileSync(path, source);
  }
}

/** A run that does not end is as red as one that fails. */
async function pass(copy: string, specs: readonly string[], { runMs = RUN_MS, shown = false } = {}): Promise<boolean> {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const run = spawn(
    join(root, 'node_modules', '.bin', 'node'),
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      jest,
      '--silent',
      ...(shown ? [] : ['--bail']),
      '--maxWorkers=1',
      ...specs,
    ],
    {
      cwd: copy,
      stdio: shown ? 'inherit' : 'ignore',
      timeout: runMs,
    },
  );
  return await new Promise((resolve, reject) => run.once('error', reject).once('exit', (code) => resolve(code === 0)));
}

process.exitCode = await main(process.argv.slice(2));
