import { Migration0001Accounts } from './0001-accounts';
import { Migration0002Epochs } from './0002-epochs';
import { Migration0003SchemaLevel } from './0003-schema-level';
import { Migration0004People } from './0004-people';
import { Migration0005Operators } from './0005-operators';
import { Migration0006AccountLife } from './0006-account-life';
import { Migration0007WaysIn } from './0007-ways-in';
import { Migration0008SecondOperator } from './0008-second-operator';
import { Migration0009FederatedOperators } from './0009-federated-operators';

/** In the order in which they run. */
export const ACCOUNTS_MIGRATIONS = [
  Migration0001Accounts,
  Migration0002Epochs,
  Migration0003SchemaLevel,
  Migration0004People,
  Migration0005Operators,
  Migration0006AccountLife,
  Migration0007WaysIn,
  Migration0008SecondOperator,
  Migration0009FederatedOperators,
];
