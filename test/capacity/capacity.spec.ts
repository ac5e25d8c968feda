import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { table, waitsIn } from './simulate';

describe('the simulation of how long jobs wait', () => {
  it.each([0.5, 0.8, 0.9])('agrees with what is known of one slot that is busy to %d', (load) => {
    // Pollaczek and Khinchine, for constant service.
    const known = load / (2 * (1 - load));
    expect(Math.abs(waitsIn({ slots: 1, load }).mean / known - 1)).toBeLessThan(0.1);
  });

  it('has nobody wait long where there are many slots', () => {
    expect(waitsIn({ slots: 64, load: 0.8 }).p95).toBe(0);
  });

  it('is what the page for operators says', () => {
    const page = readFileSync(join(__dirname, '..', '..', 'docs', 'operations', 'capacity.md'), 'utf8');
    expect(page).toContain(table([1, 4, 16, 64], [0.5, 0.7, 0.8, 0.9, 0.95]));
  });
});
