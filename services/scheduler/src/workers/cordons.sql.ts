import type { Database } from '@usvideo/event-store';
import type { Cordon, CordonState } from './cordon';

const LIST = `
select kind, name, state, coalesce(hand_back_at <= clock_timestamp(), false) as hands_back from worker_cordon order by kind, name limit 10000`;

const SET = `
insert into worker_cordon (kind, name, state, hand_back_at, author, set_at)
values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4), $5, clock_timestamp())
on conflict (kind, name) do update set state = excluded.state, hand_back_at = excluded.hand_back_at, author = excluded.author, set_at = excluded.set_at`;

/** What operators keep from taking more work. */
export async function listCordons(database: Database): Promise<Cordon[]> {
  const { rows } = await database.query<{
    kind: Cordon['kind'];
    name: string;
    state: CordonState;
    hands_back: boolean;
  }>({ name: 'cordon_list', text: LIST });
  return rows.map(({ hands_back: handsBack, ...row }) => ({ ...row, handsBack }));
}

export interface NewCordon {
  readonly kind: Cordon['kind'];
  readonly name: string;
  readonly state: CordonState;
  /** Undefined: whatever runs is finished, however long it takes. */
  readonly graceSeconds: number | undefined;
  readonly author: string;
}

export async function setCordon(
  database: Database,
  { author, graceSeconds, kind, name, state }: NewCordon,
): Promise<void> {
  await database.query({ name: 'cordon_set', text: SET, values: [kind, name, state, graceSeconds ?? null, author] });
}

export async function liftCordon(database: Database, kind: Cordon['kind'], name: string): Promise<void> {
  await database.query({
    name: 'cordon_lift',
    text: 'delete from worker_cordon where kind = $1 and name = $2',
    values: [kind, name],
  });
}
