/** `node deploy/observability/source/generate.ts`: writes the dashboards and rules. A test compares what is committed with it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rendered } from './render.ts';

const folder = join(import.meta.dirname, '..');
for (const [name, content] of rendered()) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}
