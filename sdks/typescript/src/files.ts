import { Resource } from './resource.ts';
import type { RequestOptions } from './transport.ts';
import type { DeletedFile, UploadedFile } from './types.ts';

/** Pictures that `first_frame` may name by their id. */
export class Files extends Resource {
  /** A PNG, JPEG or WebP of at most 10 MiB. A lost answer is not asked for again: it would make two files. */
  create(picture: Blob | Uint8Array<ArrayBuffer>, options?: RequestOptions): Promise<UploadedFile> {
    const form = new FormData();
    form.append('file', picture instanceof Blob ? picture : new Blob([picture]), 'picture');
    return this.transport.json({
      ...options,
      method: 'POST',
      path: '/v1/files',
      body: form,
      repetition: 'only_if_refused',
    });
  }

  retrieve(id: string, options?: RequestOptions): Promise<UploadedFile> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf(id) });
  }

  /** Jobs that named it keep the picture. */
  delete(id: string, options?: RequestOptions): Promise<DeletedFile> {
    return this.transport.json({ ...options, method: 'DELETE', path: pathOf(id) });
  }
}

function pathOf(id: string): string {
  return `/v1/files/${encodeURIComponent(id)}`;
}
