import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { Observable } from 'rxjs';

/**
 * Hands pages to a caller as fast as the caller takes them. Nest writes whatever an observable emits and buffers without a
 * bound, so the next page is read only when the stream has room.
 */
export function paced<Page, Request, Response>(
  pages: AsyncGenerator<Page>,
  stream: ServerWritableStream<Request, Response>,
  responseOf: (page: Page) => Response,
): Observable<Response> {
  return new Observable((subscriber) => {
    const gone = new AbortController();
    const pump = async () => {
      for await (const page of pages) {
        subscriber.next(responseOf(page));
        if (stream.writableNeedDrain) await once(stream, 'drain', { signal: gone.signal });
        if (subscriber.closed) return;
      }
      subscriber.complete();
    };
    pump().catch((error: unknown) => subscriber.error(error));
    return () => gone.abort();
  });
}
