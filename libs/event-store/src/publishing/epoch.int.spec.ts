import { adoptEpoch, epochSchema } from './epoch';
import { openTestStore, type TestStore } from '../store.fixture';
import { inTransaction } from '../writing/transaction';
import { loadWatermarks } from '../consuming/watermark';

const READER = { consumer: 'ledger', topic: 'usvideo.jobs.v1' };
const HEARD = { shard: 3, epoch: 'old', seq: 9n, eventId: 'evt_9' };
const ADOPTION = { heard: HEARD, epoch: 'new', shared: { seq: 7n, eventId: 'evt_7' }, fromStart: false };

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore('epoch', epochSchema);
  await store.database.query(
    "insert into consumer_watermark values ('ledger', 'usvideo.jobs.v1', 3, 'old', 9, 'evt_9')",
  );
});
afterEach(() => store.close());

const adopt = () => inTransaction(store.database, (tx) => adoptEpoch(tx, READER, ADOPTION));
const mark = async () => (await loadWatermarks(store.database, READER)).get(3);
const adoptions = async () => (await store.database.query('select heard_seq, shared_seq from epoch_adoption')).rows;

test('a consumer is set onto the new epoch behind the shared event, and what it had heard is kept', async () => {
  expect(await adopt()).toBe(true);
  expect(await mark()).toEqual({ shard: 3, epoch: 'new', ...ADOPTION.shared });
  expect(await adoptions()).toEqual([{ heard_seq: 9n, shared_seq: 7n }]);
});

test.each([
  ['heard on', "update consumer_watermark set seq = 10, event_id = 'evt_10'"],
  ['adopted before', "update consumer_watermark set epoch = 'new', seq = 9"],
])('nothing is adopted for a consumer that has %s meanwhile', async (_, meanwhile) => {
  await store.database.query(meanwhile);
  const before = await mark();
  expect(await adopt()).toBe(false);
  expect([await mark(), await adoptions()]).toEqual([before, []]);
});
