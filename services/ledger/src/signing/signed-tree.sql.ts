import type { Transaction } from '@usvideo/event-store';
import { NO_ROOT } from './merkle';

/** What was signed is not in the log any more: nothing is signed on top of that. */
export class SignedHistoryChanged extends Error {
  override readonly name = 'SignedHistoryChanged';
}

/** Bytes under a leaf's hash, as `leafHash` makes them; columns of `alias`. */
export const leafHashOf = (alias: string) => `
sha256('\\x00'::bytea || convert_to(${alias}.account_id || E'\\n' || ${alias}.version || E'\\n' || encode(${alias}.hash, 'hex') || E'\\n', 'UTF8'))`;

/** A node of what is below it; one without a neighbour goes up as it is. */
export const NODE_HASH = "case when r.hash is null then l.hash else sha256('\\x01'::bytea || l.hash || r.hash) end";

/** Shards are read before accounts: what is recorded between the two is looked at again by the next root. */
const READ_SHARDS =
  'select shard, next_seq - 1 as "shardSeq", last_event_id as "eventId" from shard_head order by shard';

const CUT_SHARD = `
select p.shard, p.shard_seq as "shardSeq" from signed_position p left join event e on e.shard = p.shard and e.shard_seq = p.shard_seq
where p.shard_seq > 0 and e.event_id is distinct from p.event_id limit 1`;

const CHANGED_HEAD = `
select s.account_id as "accountId" from signed_head h join signed_account s using (account_id)
left join event e on e.stream_id = s.account_id and e.version = s.version
where h.sequence = $1 and e.hash is distinct from s.hash limit 1`;

const store = (accounts: string) => `
insert into signed_head (sequence, account_id, version, hash)
select $1::bigint, a.account_id, a.version, a.head_hash from ${accounts} left join signed_account s on s.account_id = a.account_id
where a.version > 0 and s.hash is distinct from a.head_hash`;

/** Before the first root there is no place to go on from. */
const STORE_ALL_HEADS = store('ledger_account a');

/** Of accounts that have events behind the root before. */
const STORE_NEW_HEADS = store(`
(select distinct e.stream_id from unnest($2::smallint[], $3::bigint[]) as n (shard, shard_seq)
 join signed_position p on p.shard = n.shard
 join event e on e.shard = p.shard and e.shard_seq > p.shard_seq and e.shard_seq <= n.shard_seq) moved
join ledger_account a on a.account_id = moved.stream_id`);

/** An account that is new goes behind all others. */
const MOVE_ACCOUNTS = `
insert into signed_account as s (account_id, leaf, sequence, version, hash)
select h.account_id,
       coalesce(known.leaf, (select coalesce(max(leaf), -1) from signed_account) + row_number() over (partition by known.leaf is null order by h.account_id collate "C")),
       h.sequence, h.version, h.hash
from signed_head h left join signed_account known using (account_id) where h.sequence = $1
on conflict (account_id) do update set sequence = excluded.sequence, version = excluded.version, hash = excluded.hash`;

const STORE_LEAVES = `
insert into signed_node as n (level, position, hash)
select 0, s.leaf, ${leafHashOf('s')} from signed_head h join signed_account s using (account_id) where h.sequence = $1
on conflict (level, position) do update set hash = excluded.hash`;

const STORE_LEVEL = `
insert into signed_node as n (level, position, hash)
select $2::integer, above.position, ${NODE_HASH}
from (select distinct s.leaf >> $2::integer as position from signed_head h join signed_account s using (account_id) where h.sequence = $1) above
join signed_node l on l.level = $2::integer - 1 and l.position = above.position * 2
left join signed_node r on r.level = $2::integer - 1 and r.position = above.position * 2 + 1
on conflict (level, position) do update set hash = excluded.hash`;

const READ_TOP = 'select hash from signed_node where level = $1 and position = 0';

const STORE_POSITIONS = `
insert into signed_position (shard, shard_seq, event_id) select * from unnest($1::smallint[], $2::bigint[], $3::text[])
on conflict (shard) do update set shard_seq = excluded.shard_seq, event_id = excluded.event_id`;

interface Position {
  readonly shard: number;
  readonly shardSeq: bigint;
  readonly eventId: string;
}

/**
 * Puts the heads that moved since the root before into the tree, and answers what it has come to: RFC 6962's tree over the accounts in
 * the order in which they were first signed. The caller holds the signer's lock. Costs what moved, however many accounts there are.
 * @throws SignedHistoryChanged when the end of what was signed, or a signed head that moved since, is not in the log
 */
export async function growTree(tx: Transaction, sequence: bigint): Promise<{ accounts: bigint; root: Buffer }> {
  const { rows: cut } = await tx.query<Position>({ name: 'signed_cut_read', text: CUT_SHARD });
  if (cut[0] !== undefined)
    throw new SignedHistoryChanged(
      `event ${cut[0].shardSeq} of shard ${cut[0].shard}, up to which all was signed, is not in the log`,
    );
  const shards = (await tx.query<Position>({ name: 'signed_shards_read', text: READ_SHARDS })).rows;
  await storeHeads(tx, sequence, shards);
  const { rows: changed } = await tx.query<{ accountId: string }>({
    name: 'signed_changed_read',
    text: CHANGED_HEAD,
    values: [sequence],
  });
  if (changed[0] !== undefined)
    throw new SignedHistoryChanged(`the signed head of ${changed[0].accountId} is not in the log`);
  await tx.query({ name: 'signed_accounts_move', text: MOVE_ACCOUNTS, values: [sequence] });
  await tx.query({ name: 'signed_leaves_store', text: STORE_LEAVES, values: [sequence] });
  const {
    rows: [counted],
  } = await tx.query<{ accounts: bigint }>({
    name: 'signed_accounts_count',
    text: 'select coalesce(max(leaf), -1) + 1 as accounts from signed_account',
  });
  const { accounts } = counted!;
  let top = 0;
  for (; 1n << BigInt(top) < accounts; top++)
    await tx.query({ name: 'signed_level_store', text: STORE_LEVEL, values: [sequence, top + 1] });
  await tx.query({
    name: 'signed_positions_store',
    text: STORE_POSITIONS,
    values: [
      shards.map(({ shard }) => shard),
      shards.map(({ shardSeq }) => shardSeq),
      shards.map(({ eventId }) => eventId),
    ],
  });
  const {
    rows: [root],
  } = await tx.query<{ hash: Buffer }>({ name: 'signed_top_read', text: READ_TOP, values: [top] });
  return { accounts, root: root?.hash ?? NO_ROOT };
}

async function storeHeads(tx: Transaction, sequence: bigint, shards: readonly Position[]): Promise<void> {
  const isFirst =
    (await tx.query({ name: 'signed_position_any', text: 'select from signed_position limit 1' })).rowCount === 0;
  await tx.query(
    isFirst
      ? { name: 'signed_heads_store_all', text: STORE_ALL_HEADS, values: [sequence] }
      : {
          name: 'signed_heads_store',
          text: STORE_NEW_HEADS,
          values: [sequence, shards.map(({ shard }) => shard), shards.map(({ shardSeq }) => shardSeq)],
        },
  );
}
