import { z } from 'zod';

/** The part of the form that is the picture. */
export const PICTURE_FIELD = 'file';
/** The picture and what a form has around it. */
export const FILE_BODY_BYTES_MAX = 11 * 1024 * 1024;

export const createFileForm = z.strictObject({
  [PICTURE_FIELD]: z.file().describe('A PNG, JPEG or WebP of at most 10 MiB.'),
});
