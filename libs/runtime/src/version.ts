import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildInfo } from './metrics/metrics';

/** Of the whole platform: all its packages have one version. */
export const VERSION = (JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string })
  .version;

const levels = new Map<string, string>();

/** Says which version of a service runs, and at which schema level its database is; a service without one has none. */
export function observeBuild(service: string, schemaLevel?: number): void {
  const level = schemaLevel === undefined ? '' : String(schemaLevel);
  const before = levels.get(service);
  if (before !== undefined && before !== level) buildInfo.remove({ service, version: VERSION, schema_level: before });
  levels.set(service, level);
  buildInfo.set({ service, version: VERSION, schema_level: level }, 1);
}
