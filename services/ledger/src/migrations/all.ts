import { Migration0001Ledger } from './0001-ledger';
import { Migration0002AuditedMoney } from './0002-audited-money';
import { Migration0003Claims } from './0003-claims';
import { Migration0004Epochs } from './0004-epochs';
import { Migration0005SchemaLevel } from './0005-schema-level';
import { Migration0006Reinstatements } from './0006-reinstatements';
import { Migration0007SignedTree } from './0007-signed-tree';
import { Migration0008AutoTopUps } from './0008-auto-top-ups';
import { Migration0009Operations } from './0009-operations';

/** The ledger's tables from the beginning to now, in order. */
export const LEDGER_MIGRATIONS = [
  Migration0001Ledger,
  Migration0002AuditedMoney,
  Migration0003Claims,
  Migration0004Epochs,
  Migration0005SchemaLevel,
  Migration0006Reinstatements,
  Migration0007SignedTree,
  Migration0008AutoTopUps,
  Migration0009Operations,
];
