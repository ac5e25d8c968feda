import { Migration0001Webhooks } from './0001-webhooks';
import { Migration0002Epochs } from './0002-epochs';
import { Migration0003SchemaLevel } from './0003-schema-level';
import { Migration0004IntentOwners } from './0004-intent-owners';
import { Migration0005Endpoints } from './0005-endpoints';
import { Migration0006Turns } from './0006-turns';
import { Migration0007UnderWay } from './0007-under-way';

/** In the order in which they run. */
export const WEBHOOKS_MIGRATIONS = [
  Migration0001Webhooks,
  Migration0002Epochs,
  Migration0003SchemaLevel,
  Migration0004IntentOwners,
  Migration0005Endpoints,
  Migration0006Turns,
  Migration0007UnderWay,
];
