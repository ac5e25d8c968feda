import type { Database } from '@usvideo/event-store';
import { ulid } from 'ulid';
import { LedgerWorld } from '../posting/ledger.fixture';
import { PriceList } from './price-book.sql';

let world: LedgerWorld;
let database: Database;
let other: Database;
beforeAll(async () => {
  world = await LedgerWorld.start();
  database = world.open('one');
  other = world.open('two');
});
afterAll(() => world.stop());

const catalogue = (id: string, micros: bigint) => [{ id, prices: { '720p': micros } }];
const pricesOf = async (id: string) =>
  (await new PriceList(database).all())
    .filter(({ model }) => model === id)
    .map(({ perSecondMicros, author }) => [perSecondMicros, author]);

describe('the prices of the catalogue', () => {
  it('are in the book and in effect once they are adopted, and come into it once', async () => {
    const id = `model-${ulid()}`;
    const list = new PriceList(database);
    expect(await list.adopt(catalogue(id, 80_000n))).toBe(1);
    expect(await list.adopt(catalogue(id, 80_000n))).toBe(0);
    expect(await pricesOf(id)).toEqual([[80_000n, 'models.yaml']]);
    const { effectiveFrom } = (await list.all()).find(({ model }) => model === id)!;
    expect(effectiveFrom.getTime()).toBeLessThanOrEqual((await list.now()).getTime());
  });

  it('leave alone what an operator set since, until the catalogue says something else', async () => {
    const id = `model-${ulid()}`;
    const list = new PriceList(database);
    await list.adopt(catalogue(id, 80_000n));
    await list.add({
      model: id,
      resolution: '720p',
      perSecondMicros: 90_000n,
      effectiveFrom: undefined,
      author: 'ann',
    });
    expect(await list.adopt(catalogue(id, 80_000n))).toBe(0);
    expect(await list.adopt(catalogue(id, 70_000n))).toBe(1);
    expect(await pricesOf(id)).toEqual([
      [70_000n, 'models.yaml'],
      [90_000n, 'ann'],
      [80_000n, 'models.yaml'],
    ]);
  });

  it('come into the book once where two processes start together', async () => {
    const id = `model-${ulid()}`;
    const added = await Promise.all([database, other].map((each) => new PriceList(each).adopt(catalogue(id, 60_000n))));
    expect(added.toSorted()).toEqual([0, 1]);
    expect(await pricesOf(id)).toEqual([[60_000n, 'models.yaml']]);
  });

  it('are none of a catalogue without prices', async () => {
    expect(await new PriceList(database).adopt([{ id: 'free', prices: {} }])).toBe(0);
  });
});
