import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  accounts: accountsProcessSchema, gateway: gatewayProcessSchema, ledger: ledgerProcessSchema, 'render-fleet': renderFleetProcessSchema,
  scheduler: schedulerProcessSchema, standalone: standaloneSchema, webhooks: webhooksProcessSchema,
};

/** `npm run generate`: what is written from code and committed, besides the contracts. */
for (const [service, schema] of Object.entries(schemas)) {
  const file = join(services, service, 'README.md');
  const between = /(<!-- configuration -->\n)[\s\S]*?(<!-- \/configuration -->)/;
  writeFileSync(file, readFileSync(file, 'utf8').replace(between, (_, open: string, close: string) => `${open}${configTable(schema)}\n${close}`));
}
writeFileSync(join(services, 'gateway', 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
