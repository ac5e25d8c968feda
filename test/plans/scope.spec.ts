import { leftOpen, type Owned } from './scope';

const BOTH = ['account_id', 'environment'];
const OWNERS = new Map<string, Owned>([
  ['job', { columns: BOTH, keys: [['job_id']] }],
  ['job_content', { columns: BOTH, keys: [['job_id']] }],
  ['top_up', { columns: ['account_id'], keys: [['top_up_id']] }],
  ['payment', { columns: ['account_id'], keys: [['account_id', 'payment_ref']] }],
]);

/** As mutants have it: each left out the account once, and no test turned red. */
it.each([
  ['select * from job where job_id = $1', BOTH],
  ['select * from job where job_id = $1 and account_id = $2', ['environment']],
  ['select * from job where job_id = $1 and account_id = $2 and environment = $3', []],
  ['select * from price where model = $1', []],
  [
    'select * from top_up t left join payment p on p.payment_ref = t.payment_ref where t.account_id = $1',
    ['account_id'],
  ],
  [
    'select * from top_up t left join payment p on p.account_id = t.account_id and p.payment_ref = t.payment_ref where t.account_id = $1',
    [],
  ],
  [
    'select * from job j left join job_content c on c.job_id = j.job_id where j.account_id = $1 and j.environment = $2',
    [],
  ],
  ['select * from job j join job_content c using (job_id) where j.account_id = $1 and j.environment = $2', []],
  [
    'select * from job j where j.account_id = $1 and j.environment = $2 and j.created_at < (select created_at from job where job_id = $3)',
    BOTH,
  ],
  [
    'select * from job where account_id = $1 and environment = $2 union all select * from job_content where job_id = $3',
    BOTH,
  ],
  ['update job j set state = $1 from unnest($2::text[]) as n (job_id) where j.job_id = n.job_id', BOTH],
  [
    'delete from job where (account_id, environment, job_id) in (select * from unnest($1::text[], $2::text[], $3::text[]))',
    [],
  ],
  ['insert into job (job_id, account_id, environment) select * from unnest($1::text[], $2::text[], $3::text[])', []],
])('%s leaves open: %j', (sql, open) => expect(leftOpen(sql, OWNERS)).toEqual(open));
