import { isUtf8 } from 'node:buffer';
import { Refusal } from '../refusals/refusal';

/** No request of the API comes near these bounds; they protect the parser and everything that walks through its result. */
const DEPTH_MAX = 16;
const MEMBERS_MAX = 1_000;
/** Brackets, numbers and white space; an embedded image is a text and not counted. */
const BYTES_OUTSIDE_TEXTS_MAX = 64 * 1024;
/** Each of them is looked at one by one. */
const ESCAPED_QUOTES_MAX = 20_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Parses a body; an empty one is `undefined`. A byte order mark is skipped. @throws Refusal invalid_request */
export function parseJsonBody(body: Buffer): unknown {
  const json = body.subarray(0, 3).equals(BYTE_ORDER_MARK) ? body.subarray(3) : body;
  if (json.length === 0) return undefined;
  if (!isUtf8(json)) throw new Refusal('invalid_request', 'The body is not valid UTF-8.');
  const excess = excessOf(json);
  if (excess) throw new Refusal('invalid_request', `The body ${excess}.`);
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    // The parser's message quotes the body, so it is not passed on.
    throw new Refusal('invalid_request', 'The body is not valid JSON.');
  }
}

/** Looks at what is outside strings only; a string is jumped over, so that an embedded image costs little. */
function excessOf(body: Buffer): string | undefined {
  let [depth, members, outside] = [0, 0, 0];
  const quotes = { left: ESCAPED_QUOTES_MAX };
  for (let index = 0; index < body.length; index++) {
    const byte = body[index]!;
    if (byte === QUOTE) index = endOfString(body, index, quotes);
    else if (OPENING.has(byte) && ++depth > DEPTH_MAX) return `nests deeper than ${DEPTH_MAX} levels`;
    else if (CLOSING.has(byte)) depth--;
    if ((byte === COMMA || OPENING.has(byte)) && ++members > MEMBERS_MAX) return `has more than ${MEMBERS_MAX} members`;
    if (byte !== QUOTE && ++outside > BYTES_OUTSIDE_TEXTS_MAX) return 'has more than 64 KiB outside its texts';
    if (quotes.left < 0) return `has more than ${ESCAPED_QUOTES_MAX} escaped quotes`;
  }
  return undefined;
}

function endOfString(body: Buffer, start: number, quotes: { left: number }): number {
  for (let end = body.indexOf(QUOTE, start + 1); end !== -1; end = body.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (body[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0 || --quotes.left < 0) return end;
  }
  return body.length;
}
