import { openDatabase, type Database } from '@usvideo/event-store';
import { addAccount, addJobs, openWorld, type World } from '../../test/dispatch-world';
import type { Environment } from '../job/job';
import { endUsersOf } from './end-users.sql';
import { JobChanges } from './job-changes';
import { JobViews, type ListFilter, type Scope } from './job-views.sql';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const viewsOf = (database: Database) => new JobViews(database, new JobChanges(), { etaSeconds: () => undefined });
const ids = async (database: Database, filter: Scope & Partial<ListFilter>) =>
  (
    await viewsOf(database).list({
      limit: 100,
      offset: 0,
      startingAfter: '',
      statuses: [],
      createdAfter: undefined,
      createdBefore: undefined,
      endUser: '',
      ...filter,
    })
  ).map(({ jobId }) => jobId);

/** An account with jobs of one moment in both environments, made for Ada. */
async function owner(): Promise<{ accountId: string; live: string[]; test: string[] }> {
  const accountId = await addAccount(world.database);
  await addAccount(world.database, { accountId, environment: 'test' });
  const made = async (environment: Environment) =>
    (
      await addJobs(world.database, accountId, 12, {
        environment,
        content: { prompt: 'p', metadata: new Map(), endUser: 'ada' },
      })
    ).sort();
  return { accountId, live: await made('live'), test: await made('test') };
}

describe('a stranger, and the other environment', () => {
  it('sees no job, no page behind one, nor whom it was made for', async () => {
    const { accountId, live, test } = await owner();
    const stranger = await addAccount(world.database);
    const own = await addJobs(world.database, stranger, 3);
    const views = viewsOf(world.database);
    for (const [scope, foreign, mine] of [
      [{ accountId: stranger, environment: 'live' }, live, own],
      [{ accountId, environment: 'test' }, live, test],
      [{ accountId, environment: 'live' }, test, live],
    ] as const) {
      expect(await ids(world.database, scope)).toEqual(mine.toSorted().reverse());
      expect(await ids(world.database, { ...scope, startingAfter: foreign.at(-1)! })).toEqual([]);
      expect(await endUsersOf(world.database, scope, foreign)).toEqual([]);
      expect(await views.one(scope, foreign[0]!)).toBeUndefined();
      expect(await views.exists(scope, foreign[0]!)).toBe(false);
    }
    expect(await ids(world.database, { accountId: stranger, environment: 'live', endUser: 'ada' })).toEqual([]);
    expect(
      (await endUsersOf(world.database, { accountId, environment: 'live' }, live)).map(({ endUser }) => endUser),
    ).toEqual(live.map(() => 'ada'));
  });
});

it('jobs of one moment have one order on all pages, whichever way the database finds them', async () => {
  const { accountId, live } = await owner();
  const newestFirst = live.toReversed();
  const withoutIndexes = ['indexscan', 'indexonlyscan', 'bitmapscan'].map((way) => `-c enable_${way}=off`).join(' ');
  const other = openDatabase(
    {
      url: `${world.url}?options=${encodeURIComponent(withoutIndexes)}`,
      poolSize: 1,
      applicationName: 'without_indexes',
    },
    () => undefined,
  );
  for (const database of [world.database, other]) {
    for (const filter of [{}, { statuses: ['pending' as const] }, { endUser: 'ada' }]) {
      const scope = { accountId, environment: 'live' as const, ...filter };
      const pages = [
        await ids(database, { ...scope, limit: 4 }),
        await ids(database, { ...scope, limit: 4, offset: 5 }),
        await ids(database, { ...scope, limit: 4, startingAfter: newestFirst[9]! }),
      ];
      expect(pages).toEqual([newestFirst.slice(0, 5), newestFirst.slice(5, 10), newestFirst.slice(10)]);
    }
  }
  await other.end();
});
