import type { Database } from '../database';

/** A shard as its owner knows it. The epoch counts the owners; only the latest may move the cursor. */
export interface OwnedShard {
  readonly shard: number;
  readonly epoch: bigint;
  /** The last sequence that the broker has acknowledged. */
  readonly lastSeq: bigint;
}

/**
 * Its own rows are waited for, because only its own moves of the cursor lock them: a shard that is passed over would lie still until the
 * next claim. Another's rows that somebody else is just taking are left to them.
 */
const CLAIM = `
with mine as (
  select shard from relay_cursor where owner = $1 order by shard for update
), free as (
  select shard from relay_cursor
  where owner is null or (owner <> $1 and owner_until < clock_timestamp())
  order by shard for update skip locked
), claimed as (
  select shard from mine union all select shard from free
)
update relay_cursor c set
  epoch = case when c.owner = $1 and c.owner_until >= clock_timestamp() then c.epoch else c.epoch + 1 end,
  owner = $1, owner_until = clock_timestamp() + $2 * interval '1 millisecond'
from claimed where c.shard = claimed.shard
returning c.shard, c.epoch, c.last_seq as "lastSeq"`;

/** Claims what is free or lapsed and prolongs what the owner has. A lapsed lease counts as lost, even to its old owner. */
export async function claimShards(
  database: Database,
  owner: string,
  leaseMs: number,
): Promise<Map<number, OwnedShard>> {
  const { rows } = await database.query<OwnedShard>({ name: 'relay_claim', text: CLAIM, values: [owner, leaseMs] });
  return new Map(rows.map((row) => [row.shard, row]));
}

const MOVE = `update relay_cursor set last_seq = $4 where shard = $1 and owner = $2 and epoch = $3 and last_seq < $4`;

/** False when the shard has another owner by now; the cursor is theirs. */
export async function moveCursor(database: Database, owner: string, to: OwnedShard): Promise<boolean> {
  const { rowCount } = await database.query({
    name: 'relay_move',
    text: MOVE,
    values: [to.shard, owner, to.epoch, to.lastSeq],
  });
  return rowCount === 1;
}

/** Leaves the shards to whoever comes next, without waiting for the lease to lapse. */
export async function releaseShards(database: Database, owner: string): Promise<void> {
  await database.query({
    name: 'relay_release',
    text: 'update relay_cursor set owner = null, owner_until = null where owner = $1',
    values: [owner],
  });
}
