import { isUtf8 } from 'node:buffer';
import { Refusal } from '../refusals/refusal';

/** No request of the API nests deeper than two; the bound protects the parser, not the schema. */
const DEPTH_MAX = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

/** Parses a body; an empty one is `undefined`. @throws Refusal invalid_request */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw new Refusal('invalid_request', 'The body is not valid UTF-8.');
  if (nestsDeeperThan(body, DEPTH_MAX)) throw new Refusal('invalid_request', `The body nests deeper than ${DEPTH_MAX} levels.`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // The parser's message quotes the body, so it is not passed on.
    throw new Refusal('invalid_request', 'The body is not valid JSON.');
  }
}

/** Looks at brackets outside strings only; a string is jumped over, so that an embedded image costs little. */
function nestsDeeperThan(body: Buffer, depthMax: number): boolean {
  let depth = 0;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index]!;
    if (byte === QUOTE) index = endOfString(body, index);
    else if (OPENING.has(byte) && ++depth > depthMax) return true;
    else if (CLOSING.has(byte)) depth--;
  }
  return false;
}

function endOfString(body: Buffer, start: number): number {
  for (let end = body.indexOf(QUOTE, start + 1); end !== -1; end = body.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (body[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return body.length;
}
