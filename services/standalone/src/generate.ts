import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { accountsProcessSchema } from '@usvideo/accounts';
import { gatewayProcessSchema, openApiDocument } from '@usvideo/gateway';
import { ledgerProcessSchema } from '@usvideo/ledger';
import { renderFleetProcessSchema } from '@usvideo/render-fleet';
import { configTable } from '@usvideo/runtime';
import { schedulerProcessSchema } from '@usvideo/scheduler';
import { webhooksProcessSchema } from '@usvideo/webhooks';
import { standaloneSchema } from './config';

const services = join(__dirname, '..', '..');
const schemas = {
  accounts: accountsProcessSchema,
  gateway: gatewayProcessSchema,
  ledger: ledgerProcessSchema,
  'render-fleet': renderFleetProcessSchema,
  scheduler: schedulerProcessSchema,
  standalone: standaloneSchema,
  webhooks: webhooksProcessSchema,
};

/** What is written from code and committed, besides the contracts, by file. */
function* documents(): Generator<[file: string, content: string]> {
  for (const [service, schema] of Object.entries(schemas)) {
    const file = join(services, service, 'README.md');
    const between = /(<!-- configuration -->\n)[\s\S]*?(<!-- \/configuration -->)/;
    yield [
      file,
      readFileSync(file, 'utf8').replace(
        between,
        (_, open: string, close: string) => `${open}${configTable(schema)}\n${close}`,
      ),
    ];
  }
  yield* chartSchema();
  yield [join(services, 'gateway', 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`];
}

/** The chart knows by name what may be set of each service. */
function* chartSchema(): Generator<[file: string, content: string]> {
  const file = join(services, '..', 'charts', 'us-video-api', 'values.schema.json');
  const values = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Record<string, object> };
  const { standalone: _, ...deployed } = schemas;
  for (const [service, schema] of Object.entries(deployed)) {
    const names = Object.keys(schema.shape).sort();
    values.definitions[`settings-${service}`] = {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(names.map((name) => [name, { type: ['string', 'number', 'boolean'] }])),
    };
  }
  yield [file, `${JSON.stringify(values, null, 2)}\n`];
}

/** `npm run generate` writes them; `npm run contracts` (`--check`) names those that are not as they would be written. */
for (const [file, content] of documents()) {
  if (readFileSync(file, 'utf8') === content) continue;
  if (process.argv.includes('--check')) {
    console.error(`${relative(join(services, '..'), file)} is stale: run \`npm run generate\` and commit the result.`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, content);
  }
}
