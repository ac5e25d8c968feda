import type { Query, RequestOptions, Transport } from './transport.ts';
import type { Page } from './types.ts';

/** How the next page of a list is asked for. */
export type Paging = 'cursor' | 'offset';

/**
 * A list of the platform. `await` gives its first page; `for await` gives the items of all pages, each asked for when it is needed.
 */
export class List<T> implements PromiseLike<Page<T>>, AsyncIterable<T> {
  private readonly transport: Transport;
  private readonly path: string;
  private readonly query: Query;
  private readonly options: RequestOptions;
  private readonly paging: Paging;

  constructor(
    transport: Transport,
    path: string,
    query: Query = {},
    options: RequestOptions = {},
    paging: Paging = 'cursor',
  ) {
    this.transport = transport;
    this.path = path;
    this.query = query;
    this.options = options;
    this.paging = paging;
  }

  then<A = Page<T>, B = never>(
    fulfilled?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.page(this.query).then(fulfilled, rejected);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }

  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    for (let query: Query | undefined = this.query; query !== undefined;) {
      const page: Page<T> = await this.page(query);
      yield page;
      query = this.next(page);
    }
  }

  /** All items, at most `max` of them. */
  async all({ max = Infinity }: { readonly max?: number | undefined } = {}): Promise<T[]> {
    const items: T[] = [];
    if (max < 1) return items;
    for await (const item of this) {
      items.push(item);
      if (items.length >= max) break;
    }
    return items;
  }

  private page(query: Query): Promise<Page<T>> {
    return this.transport.json({ ...this.options, method: 'GET', path: this.path, query });
  }

  private next({ has_more: hasMore, next_cursor: cursor, offset, data }: Page<T>): Query | undefined {
    if (!hasMore || data.length === 0) return undefined;
    if (this.paging === 'offset') return { ...this.query, offset: offset + data.length };
    return cursor === null ? undefined : { ...this.query, offset: undefined, starting_after: cursor };
  }
}
