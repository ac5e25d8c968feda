import { Inject, Injectable } from '@nestjs/common';
import type { Statement } from '@usvideo/contracts/ledger';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { StatementRow } from '../account/rows';
import { newBalance } from '../account/account-balance';
import { statementsOf } from './statement';
import { ACCOUNT_COLUMNS, balanceOf, type AccountRecord } from '../posting/account-rows.sql';

const READ_CLOSED = `
select account_id as "accountId", period, first_version as "firstVersion", last_version as "lastVersion", opening_micros as "openingMicros",
       added_micros as "addedMicros", charged_micros as "chargedMicros", refunded_micros as "refundedMicros", reversed_micros as "reversedMicros",
       adjusted_micros as "adjustedMicros", charged_jobs as "chargedJobs", closing_available_micros as "closingAvailableMicros",
       closing_held_micros as "closingHeldMicros", closing_receivable_micros as "closingReceivableMicros"
from statement where account_id = $1 order by period`;

const READ_ACCOUNT = `
select clock_timestamp() as now, ${ACCOUNT_COLUMNS} from (select) as always left join ledger_account on account_id = $1`;

@Injectable()
export class StatementReader {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** All months of an account, newest first: twelve a year. */
  async all(accountId: string): Promise<Statement[]> {
    // The account first: a month that closes between the two reads is then found twice, and the recorded one counts.
    const account = (
      await this.database.query<AccountRecord & { now: Date }>({
        name: 'statement_account_read',
        text: READ_ACCOUNT,
        values: [accountId],
      })
    ).rows[0]!;
    const { rows } = await this.database.query<StatementRow>({
      name: 'statement_read',
      text: READ_CLOSED,
      values: [accountId],
    });
    const balance = (account.account_id as string | null) === null ? newBalance(accountId) : balanceOf(account);
    return statementsOf(rows, balance, account.now);
  }
}
