import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountsSchema } from '@usvideo/accounts';
import { gatewaySchema, openApiDocument } from '@usvideo/gateway';
import { ledgerSchema } from '@usvideo/ledger';
import { renderFleetSchema } from '@usvideo/render-fleet';
import { configTable } from '@usvideo/runtime';
import { schedulerSchema } from '@usvideo/scheduler';
import { webhooksSchema } from '@usvideo/webhooks';
import { standaloneSchema } from './config';

const services = join(__dirname, '..', '..');
const schemas = {
  accounts: accountsSchema, gateway: gatewaySchema, ledger: ledgerSchema, 'render-fleet': renderFleetSchema,
  scheduler: schedulerSchema, standalone: standaloneSchema, webhooks: webhooksSchema,
};

/** `npm run generate`: what is written from code and committed, besides the contracts. */
for (const [service, schema] of Object.entries(schemas)) {
  const file = join(services, service, 'README.md');
  const between = /(<!-- configuration -->\n)[\s\S]*?(<!-- \/configuration -->)/;
  writeFileSync(file, readFileSync(file, 'utf8').replace(between, (_, open: string, close: string) => `${open}${configTable(schema)}\n${close}`));
}
writeFileSync(join(services, 'gateway', 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
