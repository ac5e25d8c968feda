import { z } from 'zod';
import { type FaultDetail, invalidRequest, Refusal } from '../refusals/refusal';
import { type DataUri, FIRST_FRAME_BYTES_MAX, sniffImage } from './first-frame';

const FIELD = 'file';
/** The picture and what a form has around it. */
export const FILE_BODY_BYTES_MAX = 11 * 1024 * 1024;

export const createFileForm = z.strictObject({
  [FIELD]: z.file().describe('A PNG, JPEG or WebP of at most 10 MiB.'),
});

/**
 * The one picture of a form; what it is is read from its bytes, not from what the form says of it.
 * @throws Refusal unsupported_media_type, or invalid_request with every fault by name.
 */
export async function pictureOfForm(contentType: string | undefined, body: unknown): Promise<DataUri> {
  if (!/^multipart\/form-data\s*;/i.test(contentType ?? '') || !Buffer.isBuffer(body)) {
    throw new Refusal('unsupported_media_type', 'Send the file as Content-Type: multipart/form-data.');
  }
  const form = await readForm(contentType!, body);
  const faults: FaultDetail[] = [...new Set(form.keys())].filter((name) => name !== FIELD).map((field) => ({ field, message: 'is not known' }));
  const [file, ...more] = form.getAll(FIELD);
  if (file === undefined) faults.push({ field: FIELD, message: 'is required' });
  else if (typeof file === 'string') faults.push({ field: FIELD, message: 'must be a file: its part has no file name' });
  else if (file.size > FIRST_FRAME_BYTES_MAX) faults.push({ field: FIELD, message: 'must be at most 10 MiB' });
  if (more.length > 0) faults.push({ field: FIELD, message: 'must be one file' });
  if (faults.length > 0 || file === undefined || typeof file === 'string') throw invalidRequest(faults);
  const bytes = Buffer.from(await file.arrayBuffer());
  const type = sniffImage(bytes);
  if (!type) throw invalidRequest([{ field: FIELD, message: 'must be a PNG, JPEG or WebP image' }]);
  return { bytes, type };
}

async function readForm(contentType: string, body: Buffer): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw invalidRequest([{ field: 'body', message: 'is not a whole multipart/form-data body with the boundary that its Content-Type names' }]);
  }
}
