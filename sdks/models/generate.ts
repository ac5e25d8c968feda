import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, readModels } from './document.ts';
import { go } from './go.ts';
import { python } from './python.ts';

const root = join(fileURLToPath(import.meta.url), '..', '..', '..');
const models = readModels(JSON.parse(readFileSync(join(root, 'services/gateway/openapi.json'), 'utf8')) as Document);
const written: Readonly<Record<string, string>> = {
  'sdks/python/src/usvideoapi/_models.py': python(models),
  'sdks/go/models.go': go(models),
};

/** Types of the SDKs, from the OpenAPI document; `--check` names those that are not as they would be written. */
for (const [file, content] of Object.entries(written)) {
  const path = join(root, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === content) continue;
  if (process.argv.includes('--check')) {
    console.error(`${relative(root, path)} is stale: run \`npm run generate\` and commit the result.`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, content);
  }
}
