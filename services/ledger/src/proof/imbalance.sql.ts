import { PLAY_MONEY } from '@usvideo/contracts/books';
import type { Database, Transaction } from '@usvideo/event-store';
import { SHARDS } from '@usvideo/event-store';
import { changeIn, type AccountEvent } from '../account/postings';
import { decodeEvent } from '../posting/event-codec';
import { inSnapshot } from './snapshot.sql';

/** What the accounts of one environment have, as their rows say. */
export interface Books {
  readonly availableMicros: bigint;
  readonly heldMicros: bigint;
  readonly spentMicros: bigint;
  readonly pendingHolds: bigint;
}

export interface Observed {
  /** 0 when the books balance. The verifier says where a difference lies. */
  readonly imbalanceMicros: bigint;
  readonly live: Books;
  readonly play: Books;
}

const FUNDING_KINDS = "('funds_added', 'funds_reversed', 'adjustment_made')";
const PAGE_EVENTS = 500;

const READ_ACCOUNTS = `
select account_id like '%${PLAY_MONEY}' as "isPlay", sum(available_micros) as available, sum(held_micros) as held, sum(receivable_micros) as owed,
       sum(total_spend_micros) as spent from ledger_account group by 1`;

const READ_PENDING = `
select account_id like '%${PLAY_MONEY}' as "isPlay", count(*) as holds, sum(amount_micros) as micros from hold where state = 'pending' group by 1`;

const READ_TOTALS =
  'select shard, shard_seq as "shardSeq", live_micros as live, play_micros as play from funding_total';

const READ_FUNDING = `
select e.shard, e.shard_seq as "shardSeq", e.environment, e.payload
from unnest($1::smallint[], $2::bigint[]) as n (shard, seq) cross join lateral (
  select shard, shard_seq, environment, payload from event
  where event.shard = n.shard and event.shard_seq > n.seq and kind in ${FUNDING_KINDS} order by event.shard_seq limit ${PAGE_EVENTS}) e
order by e.shard, e.shard_seq`;

/** Whoever has come farther is right: everybody adds up the same events in the same order. */
const STORE_TOTALS = `
insert into funding_total as t (shard, shard_seq, live_micros, play_micros) select * from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[])
on conflict (shard) do update set shard_seq = excluded.shard_seq, live_micros = excluded.live_micros, play_micros = excluded.play_micros
where t.shard_seq < excluded.shard_seq`;

interface Total {
  shard: number;
  shardSeq: bigint;
  live: bigint;
  play: bigint;
}
interface AccountsRow {
  isPlay: boolean;
  available: string;
  held: string;
  owed: string;
  spent: string;
}
interface PendingRow {
  isPlay: boolean;
  holds: bigint;
  micros: string;
}
interface FundingRow {
  shard: number;
  shardSeq: bigint;
  environment: string;
  payload: Buffer;
}

/**
 * Money that is in the customers' books or was charged, less what ever funded them; and held money less the pending holds. What
 * funded them is a running sum over their events, so that this costs what is there now and what is new, never the whole history.
 */
export async function observe(database: Database): Promise<Observed> {
  const { totals, accounts, pending } = await inSnapshot(database, async (tx) => ({
    totals: await addFunding(tx, (await tx.query<Total>(READ_TOTALS)).rows),
    accounts: (await tx.query<AccountsRow>(READ_ACCOUNTS)).rows,
    pending: (await tx.query<PendingRow>(READ_PENDING)).rows,
  }));
  await storeTotals(database, totals);
  const sides = [false, true].map((isPlay) =>
    sideOf(
      isPlay,
      totals,
      accounts.find((row) => row.isPlay === isPlay),
      pending.find((row) => row.isPlay === isPlay),
    ),
  );
  return { imbalanceMicros: sides[0]!.imbalance + sides[1]!.imbalance, live: sides[0]!.books, play: sides[1]!.books };
}

function sideOf(
  isPlay: boolean,
  totals: readonly Total[],
  accounts: AccountsRow | undefined,
  pending: PendingRow | undefined,
): { imbalance: bigint; books: Books } {
  const [available, held, owed, spent] = [accounts?.available, accounts?.held, accounts?.owed, accounts?.spent].map(
    (micros) => BigInt(micros ?? 0),
  ) as [bigint, bigint, bigint, bigint];
  const funded = totals.reduce((sum, total) => sum + (isPlay ? total.play : total.live), 0n);
  return {
    imbalance: abs(available + held - owed + spent - funded) + abs(held - BigInt(pending?.micros ?? 0)),
    books: { availableMicros: available, heldMicros: held, spentMicros: spent, pendingHolds: pending?.holds ?? 0n },
  };
}

async function addFunding(tx: Transaction, stored: readonly Total[]): Promise<Total[]> {
  const totals = Array.from({ length: SHARDS }, (_, shard): Total => ({
    shard,
    shardSeq: 0n,
    live: 0n,
    play: 0n,
    ...stored.find((total) => total.shard === shard),
  }));
  for (;;) {
    const values = [totals.map(({ shard }) => shard), totals.map(({ shardSeq }) => shardSeq)];
    const { rows } = await tx.query<FundingRow>({ name: 'funding_read', text: READ_FUNDING, values });
    for (const { shard, shardSeq, environment, payload } of rows) {
      const total = totals[shard]!;
      total.shardSeq = shardSeq;
      total[environment === 'test' ? 'play' : 'live'] += fundedBy(decodeEvent(payload));
    }
    if (rows.length === 0) return totals;
  }
}

async function storeTotals(database: Database, totals: readonly Total[]): Promise<void> {
  const moved = totals.filter(({ shardSeq }) => shardSeq > 0n);
  await database.query({
    name: 'funding_store',
    text: STORE_TOTALS,
    values: [
      moved.map(({ shard }) => shard),
      moved.map(({ shardSeq }) => shardSeq),
      moved.map(({ live }) => live),
      moved.map(({ play }) => play),
    ],
  });
}

function fundedBy(event: AccountEvent): bigint {
  return -(changeIn('funding', event) + changeIn('promotions', event) + changeIn('adjustments', event));
}

function abs(micros: bigint): bigint {
  return micros < 0n ? -micros : micros;
}
