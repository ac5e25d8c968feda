import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Price } from '@usvideo/contracts/ledger';
import type { Database, Transaction } from '@usvideo/event-store';
import type { CatalogueModel } from '@usvideo/runtime';
import { DATABASE } from '@usvideo/service';
import type { PriceRow } from './price';

const READ_PRICES = `
select model, resolution, effective_from as "effectiveFrom", price_version as "priceVersion", per_second_micros as "perSecondMicros", author
from price order by model, resolution, effective_from desc`;

/** How long a changed price may go unnoticed: the book changes without a restart. */
const CACHED_MS = 1_000;
/** A price takes effect when every process has noticed it, so that nothing is sold for another price than the book says of that moment. */
const NOTICED_MS = 2_000;
const NOTICED = `${NOTICED_MS} milliseconds`;

/** All prices, past and coming. */
export async function readPrices(tx: Transaction): Promise<readonly PriceRow[]> {
  return (await tx.query<PriceRecord>({ name: 'price_read', text: READ_PRICES })).rows;
}

/** The prices as a batch of commands sees them. */
export class PriceBook {
  private cached: { readonly rows: readonly PriceRow[]; readonly until: number } | undefined;

  /** All prices, past and coming, at most a second old. */
  async rows(tx: Transaction): Promise<readonly PriceRow[]> {
    const now = performance.now();
    if (this.cached !== undefined && now < this.cached.until) return this.cached.rows;
    const rows = await readPrices(tx);
    this.cached = { rows, until: now + CACHED_MS };
    return rows;
  }
}

interface PriceRecord extends Price {
  readonly effectiveFrom: Date;
}

export interface NewPrice {
  readonly model: string;
  readonly resolution: string;
  readonly perSecondMicros: bigint;
  /** Undefined, or sooner than that: as soon as every process has noticed. */
  readonly effectiveFrom: Date | undefined;
  readonly author: string;
}

const ADD_PRICE = `
insert into price (model, resolution, effective_from, price_version, per_second_micros, author)
select $1, $2, greatest($4::timestamptz, clock_timestamp() + interval '${NOTICED}'), coalesce((select max(price_version) from price where model = $1 and resolution = $2), 0) + 1, $3, $5
on conflict do nothing
returning model, resolution, effective_from as "effectiveFrom", price_version as "priceVersion", per_second_micros as "perSecondMicros", author`;

/** The author of what the catalogue of models says. */
const CATALOGUE = 'models.yaml';

/** A price that the catalogue has said before is not said again: what an operator set since stands until the catalogue changes. */
const ADD_CATALOGUE = `
insert into price (model, resolution, effective_from, price_version, per_second_micros, author)
select n.model, n.resolution, clock_timestamp() + interval '${NOTICED}',
  coalesce((select max(p.price_version) from price p where p.model = n.model and p.resolution = n.resolution), 0) + 1, n.micros, $4
from unnest($1::text[], $2::text[], $3::bigint[]) as n (model, resolution, micros)
where n.micros is distinct from (
  select p.per_second_micros from price p
  where p.model = n.model and p.resolution = n.resolution and p.author = $4
  order by p.price_version desc limit 1)
on conflict do nothing
returning model`;

/** The price book as operators and customers see it. */
@Injectable()
export class PriceList {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async all(): Promise<PriceRecord[]> {
    return (await this.database.query<PriceRecord>({ name: 'price_list_read', text: READ_PRICES })).rows;
  }

  /** A price in the past would contradict what was sold then; `conflict`: another version came in between. */
  async add({
    model,
    resolution,
    perSecondMicros,
    effectiveFrom,
    author,
  }: NewPrice): Promise<PriceRecord | 'in_the_past' | 'conflict'> {
    const now = await this.now();
    if (effectiveFrom !== undefined && effectiveFrom < now) return 'in_the_past';
    const values = [model, resolution, perSecondMicros, effectiveFrom ?? null, author];
    return (
      (await this.database.query<PriceRecord>({ name: 'price_add', text: ADD_PRICE, values })).rows[0] ?? 'conflict'
    );
  }

  /** Brings what a changed catalogue says into the book; resolves once it is in effect. @returns how many prices are new */
  async adopt(models: readonly Pick<CatalogueModel, 'id' | 'prices'>[]): Promise<number> {
    const said = models.flatMap(({ id, prices }) =>
      Object.entries(prices).map(([resolution, micros]) => ({ id, resolution, micros })),
    );
    const { rowCount } = await this.database.query({
      name: 'price_adopt',
      text: ADD_CATALOGUE,
      values: [
        said.map(({ id }) => id),
        said.map(({ resolution }) => resolution),
        said.map(({ micros }) => micros),
        CATALOGUE,
      ],
    });
    // A timer may be a little early.
    if (rowCount) await delay(NOTICED_MS + 50);
    return rowCount ?? 0;
  }

  /** The clock by which prices take effect and quotes expire. */
  async now(): Promise<Date> {
    return (await this.database.query<{ now: Date }>({ name: 'clock_read', text: 'select clock_timestamp() as now' }))
      .rows[0]!.now;
  }
}
