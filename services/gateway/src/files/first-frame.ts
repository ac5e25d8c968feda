import { invalidRequest } from '../refusals/refusal';

/** The store refuses what is larger; this bounds what is decoded from text before it is asked. */
export const FIRST_FRAME_BYTES_MAX = 10 * 1024 * 1024;

const HEADER_CHARACTERS_MAX = 512;
/** The longest data URI that can hold that many bytes, with room for its media type and a line end after each 60 characters. */
export const FIRST_FRAME_CHARACTERS_MAX =
  Math.ceil(Math.ceil(FIRST_FRAME_BYTES_MAX / 3) * 4 * (62 / 60)) + HEADER_CHARACTERS_MAX;

/** Data URIs are told from addresses by their scheme, in any case and with blanks before it. */
export function isDataUri(text: string): boolean {
  return /^\s*data:/i.test(text.slice(0, 64));
}

const FILE_ID = /^file_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Of a picture that was uploaded before. */
export function isFileId(text: string): boolean {
  return FILE_ID.test(text);
}

const BARE_BASE64 = /^\s*(?:iVBORw0KGgo|\/9j\/|UklGR)/;

/** The three formats in base64 without the scheme before them: no address begins like this. */
export function isBareBase64(text: string): boolean {
  return BARE_BASE64.test(text.slice(0, 64));
}

export interface DataUri {
  readonly bytes: Buffer;
}

const HEADER = /^data:[\w.+/-]*(?:;[\w-]+=(?:[\w.+%-]+|"[^"]*"))*;base64,/i;
/** Of the standard or the URL-safe alphabet, with or without padding. */
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const LINE_ENDS = /[\r\n\t]+/g;

/** The bytes of a data URI; what they are is told by the bytes later, not by what the URI claims. @throws Refusal invalid_request */
export function readDataUri(uri: string, field: string): DataUri {
  const trimmed = uri.trim();
  const header = HEADER.exec(trimmed.slice(0, HEADER_CHARACTERS_MAX));
  if (!header) throw invalidRequest([{ field, message: 'must be a base64 data URI, data:image/png;base64,…' }]);
  const encoded = withoutLineEnds(trimmed.slice(header[0].length));
  if (encoded.includes(' '))
    throw invalidRequest([
      { field, message: 'is not valid base64: it contains blanks, as when a + is not encoded in a form' },
    ]);
  if (!BASE64.test(encoded)) throw invalidRequest([{ field, message: 'is not valid base64' }]);
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length > FIRST_FRAME_BYTES_MAX) throw invalidRequest([{ field, message: 'must be at most 10 MiB' }]);
  return { bytes };
}

/** Encoders wrap lines at 64 or 76 characters. */
function withoutLineEnds(encoded: string): string {
  const text = encoded.trimStart();
  return /[\r\n\t]/.test(text) ? text.replace(LINE_ENDS, '') : text;
}

const RATIOS = [
  ['16:9', 16 / 9],
  ['9:16', 9 / 16],
  ['1:1', 1],
] as const;

/** Nearest as the eye sees it: by the factor between the ratios, so that 2:1 and 1:2 are equally far from a square. */
export function nearestAspectRatio(width: number, height: number): string {
  const distance = (ratio: number) => Math.abs(Math.log(width / height / ratio));
  return RATIOS.reduce((best, candidate) => (distance(candidate[1]) < distance(best[1]) ? candidate : best))[0];
}
