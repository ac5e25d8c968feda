import { Migration0001Ledger } from './migrations/0001-ledger';
import { Migration0002AuditedMoney } from './migrations/0002-audited-money';
import { Migration0003Claims } from './migrations/0003-claims';
import { Migration0004Epochs } from './migrations/0004-epochs';
import { Migration0005SchemaLevel } from './migrations/0005-schema-level';

/** The ledger's tables from the beginning to now, in order. */
export const LEDGER_MIGRATIONS = [Migration0001Ledger, Migration0002AuditedMoney, Migration0003Claims, Migration0004Epochs, Migration0005SchemaLevel];
