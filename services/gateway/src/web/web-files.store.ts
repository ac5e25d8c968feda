import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The built pages are a few hundred kilobytes; a folder of more is not theirs. */
const BYTES_MAX = 16 * 2 ** 20;
const PAGES = ['index.html', 'admin.html', 'docs.html'];
const COMPRESSED = /\.(html|js|css|svg|json)$/;

export interface WebFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly gzip: Buffer | undefined;
  readonly etag: string;
}

/** The built pages, read once: nothing that a request names is ever looked for on the disk. */
export class WebFiles {
  private constructor(private readonly files: ReadonlyMap<string, WebFile>) {}

  /** @throws when the folder cannot be read, or is not one of built pages. */
  static async read(folder: string): Promise<WebFiles> {
    const files = new Map<string, WebFile>();
    let total = 0;
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      total += bytes.byteLength;
      if (total > BYTES_MAX)
        throw new Error(`${folder} holds more than ${BYTES_MAX} bytes: it is not the folder of the built pages`);
      const name = relative(folder, path).split(sep).join('/');
      files.set(name, {
        name,
        bytes,
        gzip: COMPRESSED.test(name) ? gzipSync(bytes, { level: 9 }) : undefined,
        etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
      });
    }
    if (!PAGES.every((page) => files.has(page)))
      throw new Error(`${folder} holds no built pages: build services/dashboard first`);
    return new WebFiles(files);
  }

  find(name: string): WebFile | undefined {
    return this.files.get(name);
  }
}
