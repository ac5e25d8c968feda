import type { AccountAmounts, Statement } from '@usvideo/contracts/ledger';
import type { StatementRow } from '../account/rows';
import { amountsOf, monthBounds, monthOf, netOf, NO_MOVEMENTS, type AccountBalance } from '../account/account-balance';

type Versions = Pick<Statement, 'firstVersion' | 'lastVersion'>;

/**
 * The months of an account, newest first: the closed ones as they were recorded, the one of its last event, and between and
 * after them the months in which nothing happened.
 */
export function statementsOf(closed: readonly StatementRow[], balance: AccountBalance, now: Date): Statement[] {
  const { month } = balance.period;
  if (month === '') return [];
  const rows = new Map(closed.map((row) => [row.period, row]));
  const first = closed.reduce((earliest, row) => (row.period < earliest ? row.period : earliest), month);
  const statements: Statement[] = [];
  for (let at = first; at <= monthOf(now); at = nextMonth(at)) {
    const row = rows.get(at);
    if (row !== undefined) statements.unshift(closedStatement(row));
    else if (at === month) statements.unshift(lastStatement(balance, at === monthOf(now)));
    else statements.unshift(quietStatement(at, statements[0]!, at === monthOf(now)));
  }
  return statements;
}

function closedStatement(row: StatementRow): Statement {
  const closing = {
    availableMicros: row.closingAvailableMicros,
    heldMicros: row.closingHeldMicros,
    receivableMicros: row.closingReceivableMicros,
  };
  return {
    ...boundsOf(row.period),
    open: false,
    firstVersion: row.firstVersion,
    lastVersion: row.lastVersion,
    openingBalanceMicros: row.openingMicros,
    addedMicros: row.addedMicros,
    chargedMicros: row.chargedMicros,
    refundedMicros: row.refundedMicros,
    reversedMicros: row.reversedMicros,
    adjustedMicros: row.adjustedMicros,
    chargedJobs: row.chargedJobs,
    ...closingOf(closing),
  };
}

/** The month of the last event: it ends with the account as it stands, also when nobody has recorded its end yet. */
function lastStatement(balance: AccountBalance, open: boolean): Statement {
  const { period } = balance;
  const versions: Versions = { firstVersion: period.firstVersion, lastVersion: balance.version };
  return {
    ...boundsOf(period.month),
    open,
    ...versions,
    openingBalanceMicros: netOf(period.opening),
    ...period.movements,
    ...closingOf(amountsOf(balance)),
  };
}

function quietStatement(period: string, before: Statement, open: boolean): Statement {
  const { closingBalanceMicros, closingAvailableMicros, closingHeldMicros, closingReceivableMicros } = before;
  return {
    ...boundsOf(period),
    open,
    firstVersion: 0n,
    lastVersion: 0n,
    openingBalanceMicros: closingBalanceMicros,
    ...NO_MOVEMENTS,
    closingBalanceMicros,
    closingAvailableMicros,
    closingHeldMicros,
    closingReceivableMicros,
  };
}

function boundsOf(period: string): Pick<Statement, 'period' | 'periodStart' | 'periodEnd'> {
  const { start, end } = monthBounds(period);
  return { period, periodStart: start, periodEnd: end };
}

function closingOf(closing: AccountAmounts) {
  return {
    closingBalanceMicros: netOf(closing),
    closingAvailableMicros: closing.availableMicros,
    closingHeldMicros: closing.heldMicros,
    closingReceivableMicros: closing.receivableMicros,
  };
}

function nextMonth(month: string): string {
  return monthOf(monthBounds(month).end);
}
