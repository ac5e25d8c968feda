import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutated, type Mutant } from './mutant.ts';

const root = join(__dirname, '..', '..');
const mutants = JSON.parse(readFileSync(join(__dirname, 'mutants.json'), 'utf8')) as Mutant[];

it('names rules that are there, each once (a rule that moved: say what it looks like now)', () => {
  const lost = mutants.flatMap((mutant) => {
    try {
      mutated(readFileSync(join(root, mutant.file), 'utf8'), mutant);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  expect(lost).toEqual([]);
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
});

it('finds a rule however its lines are broken, and nothing else', () => {
  const rule: Mutant = {
    id: 'X',
    rule: '',
    file: 'f.ts',
    search: 'Math.min(worker.freeSlots, taken.get(id) ?? 0)',
    replace: 'worker.freeSlots',
    specs: [],
  };
  expect(mutated('const n = Math.min(\n  worker.freeSlots,\n  taken.get(id) ?? 0,\n);', rule)).toBe(
    'const n = worker.freeSlots;',
  );
  for (const source of ['Math.min(worker.freeSlot, taken.get(id) ?? 0)', 'min(1) min(1)'])
    expect(() => mutated(source, rule)).toThrow('X: what it searches for is 0 times in f.ts');
});
