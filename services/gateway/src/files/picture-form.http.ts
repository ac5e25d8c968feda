import { sniffPicture } from '@usvideo/artifacts';
import { formOf } from '../bodies/multipart.http';
import { type FaultDetail, invalidRequest, Refusal } from '../refusals/refusal';
import { PICTURE_FIELD } from './file-form';
import { FIRST_FRAME_BYTES_MAX } from './first-frame';

/**
 * The one picture of a form; what it is is read from its bytes, not from what the form says of it.
 * @throws Refusal unsupported_media_type, or invalid_request with every fault by name.
 */
export async function pictureOfForm(contentType: string | undefined, body: unknown): Promise<Buffer> {
  if (!/^multipart\/form-data\s*;/i.test(contentType ?? '') || !Buffer.isBuffer(body)) {
    throw new Refusal('unsupported_media_type', 'Send the file as Content-Type: multipart/form-data.');
  }
  const form = await formOf(body, contentType!);
  const faults: FaultDetail[] = [...new Set(form.keys())]
    .filter((name) => name !== PICTURE_FIELD)
    .map((field) => ({ field, message: 'is not known' }));
  const [file, ...more] = form.getAll(PICTURE_FIELD);
  if (file === undefined) faults.push({ field: PICTURE_FIELD, message: 'is required' });
  else if (typeof file === 'string')
    faults.push({ field: PICTURE_FIELD, message: 'must be a file: its part has no file name' });
  else if (file.size > FIRST_FRAME_BYTES_MAX) faults.push({ field: PICTURE_FIELD, message: 'must be at most 10 MiB' });
  if (more.length > 0) faults.push({ field: PICTURE_FIELD, message: 'must be one file' });
  if (faults.length > 0 || file === undefined || typeof file === 'string') throw invalidRequest(faults);
  const bytes = Buffer.from(await file.arrayBuffer());
  if (!sniffPicture(bytes))
    throw invalidRequest([{ field: PICTURE_FIELD, message: 'must be a PNG, JPEG or WebP image' }]);
  return bytes;
}
