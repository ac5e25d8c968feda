#!/usr/bin/env node
/**
 * Verifies an account's export without any code of the platform: node verify-export.mjs FILE [--public-key BASE64]
 *
 * The file is lines of JSON, each exactly as `JSON.stringify` writes it and ended by a line feed: no byte is without meaning.
 * `account` comes first: the balance that the events must come to. Each `event` carries its payload (protobuf,
 * usvideo.ledger.v1.LedgerEvent, base64) and hash = SHA-256(previous hash, header, payload), where the header is
 * `event_id\nstream\nversion\nkind\nrecorded_at\n` and the first previous hash is zeros. `root` proves that the head at one of
 * the versions is a leaf of an RFC 6962 Merkle tree whose root was signed with Ed25519: leaf = SHA-256(0x00, `account\nversion\n
 * hash\n`), node = SHA-256(0x01, left, right), signed text = `usvideo-ledger-root-v1\nsequence\nsigned_at\naccounts\nroot\n
 * previous_root\n`. Give the public key that you got from the operator: the one in the file proves nothing by itself.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const KINDS = {
  1: 'funds_added',
  2: 'hold_placed',
  3: 'hold_captured',
  4: 'hold_released',
  5: 'late_outcome_recorded',
  6: 'capture_refunded',
  7: 'funds_reversed',
  8: 'adjustment_made',
  9: 'spend_cap_set',
  10: 'period_closed',
  11: 'low_balance_threshold_set',
  12: 'balance_low',
};
/** The fields of each type of line, in their order. */
const FIELDS = {
  account: [
    'type',
    'format',
    'account_id',
    'version',
    'available_micros',
    'held_micros',
    'receivable_micros',
    'total_spend_micros',
  ],
  event: ['type', 'event_id', 'version', 'kind', 'recorded_at', 'payload', 'hash'],
  root: [
    'type',
    'sequence',
    'signed_at',
    'accounts',
    'root',
    'previous_root',
    'signature',
    'public_key',
    'head',
    'path',
  ],
};
const FORMAT = 'usvideo-ledger-export-v1';
const LINE_BYTES_MAX = 2 ** 26;
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** Bytes of a text in base64; a text that is not exactly what encoding writes has a byte too many. */
function bytesIn(base64) {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) throw new Error('a field is not in base64 as encoding writes it');
  return bytes;
}

/** Fields of a protobuf message by number: varints as bigint, signed by two's complement, everything else as bytes. */
function fieldsOf(bytes) {
  const fields = new Map();
  for (let at = 0; at < bytes.length;) {
    const varint = () => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes[at++];
        if (byte === undefined) throw new Error('a payload ends in the middle of a number');
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return BigInt.asIntN(64, value);
      }
    };
    const tag = varint();
    const wire = Number(tag & 7n);
    if (wire === 0) fields.set(Number(tag >> 3n), varint());
    else if (wire === 2) {
      const length = Number(varint());
      if (at + length > bytes.length) throw new Error('a payload ends in the middle of a field');
      fields.set(Number(tag >> 3n), bytes.subarray(at, at + length));
      at += length;
    } else throw new Error(`a payload has a field of wire type ${wire}`);
  }
  return fields;
}

/** What an event adds to available, held, owed and spent; every event moves money between books and never makes any. */
function changeOf(kind, fields) {
  const n = (number) => fields.get(number) ?? 0n;
  const credit = (amount, settled) => ({ available: amount - settled, owed: -settled });
  switch (kind) {
    case 'funds_added':
      return credit(n(1), n(6));
    case 'hold_placed':
      return { available: -n(8), held: n(8) };
    case 'hold_captured':
      return { ...credit(n(3), n(5)), held: -n(2) - n(3), spent: n(2) };
    case 'hold_released':
      return { ...credit(n(2), n(4)), held: -n(2) };
    case 'capture_refunded':
      return { ...credit(n(3), n(4)), spent: -n(3) };
    case 'funds_reversed':
      return { available: n(4) - n(3), owed: n(4) };
    case 'adjustment_made':
      return credit(n(2), n(3));
    default:
      return {};
  }
}

class Account {
  faults = [];
  balance = { available: 0n, held: 0n, owed: 0n, spent: 0n };
  hashes = [Buffer.alloc(32)];
  lastRecordedAt = '';

  constructor(header) {
    this.header = header;
  }

  fault(text) {
    this.faults.push(text);
  }

  add(event) {
    const expected = this.hashes.length;
    if (event.version !== String(expected))
      return this.fault(`version ${event.version} stands where version ${expected} belongs`);
    const payload = bytesIn(event.payload);
    const header = `${event.event_id}\n${this.header.account_id}\n${event.version}\n${event.kind}\n${event.recorded_at}\n`;
    const hash = sha256(this.hashes.at(-1), header, payload);
    if (hash.toString('hex') !== event.hash)
      this.fault(`version ${event.version}: its hash is not that of its content`);
    this.hashes.push(hash);
    if (event.recorded_at < this.lastRecordedAt)
      this.fault(`version ${event.version} was recorded before the one before it`);
    this.lastRecordedAt = event.recorded_at;
    this.fold(event, payload);
  }

  fold(event, payload) {
    const [[number, body] = []] = [...fieldsOf(payload)];
    if (KINDS[number] !== event.kind)
      return this.fault(`version ${event.version} says ${event.kind} and holds ${KINDS[number] ?? `field ${number}`}`);
    for (const [book, change] of Object.entries(changeOf(KINDS[number], fieldsOf(body)))) this.balance[book] += change;
    const { available, held, owed } = this.balance;
    if (available < 0n || held < 0n || owed < 0n) this.fault(`the balance is negative at version ${event.version}`);
  }

  end() {
    const { header, balance, hashes } = this;
    if (header.version !== String(hashes.length - 1))
      this.fault(`the export ends at version ${hashes.length - 1} of ${header.version}`);
    const said = {
      available: header.available_micros,
      held: header.held_micros,
      owed: header.receivable_micros,
      spent: header.total_spend_micros,
    };
    for (const book of Object.keys(said))
      if (String(balance[book]) !== said[book]) this.fault(`${book} is ${said[book]}, the events say ${balance[book]}`);
  }

  checkRoot(root, publicKey) {
    const { version, hash } = root.head;
    if (this.hashes[Number(version)]?.toString('hex') !== hash)
      this.fault(`the signed head at version ${version} is not in the export: its tail was cut or changed`);
    const leaf = sha256(Buffer.from([0]), `${this.header.account_id}\n${version}\n${hash}\n`);
    const top = root.path.reduce((node, step) => {
      const other = Buffer.from(step.hash, 'hex');
      return step.side === 'left' ? sha256(Buffer.from([1]), other, node) : sha256(Buffer.from([1]), node, other);
    }, leaf);
    if (top.toString('hex') !== root.root) this.fault('the path from the head does not lead to the signed root');
    const text = `usvideo-ledger-root-v1\n${root.sequence}\n${root.signed_at}\n${root.accounts}\n${root.root}\n${root.previous_root}\n`;
    if (publicKey !== undefined && publicKey !== root.public_key)
      this.fault('the root is signed with another key than the one you named');
    const key = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, bytesIn(root.public_key)]),
      format: 'der',
      type: 'spki',
    });
    if (!verify(null, Buffer.from(text), key, bytesIn(root.signature)))
      this.fault('the signature of the root does not hold');
  }
}

/** The line as the export writes it, made of the fields that are known: every other byte is a difference. */
function asWritten(entry) {
  const fields = Object.fromEntries((FIELDS[entry.type] ?? []).map((field) => [field, entry[field]]));
  if (entry.type !== 'root') return JSON.stringify(fields);
  const { version, hash } = entry.head;
  const path = entry.path.map((step) => ({
    side: step.side === 'left' ? 'left' : 'right',
    hash: Buffer.from(step.hash, 'hex').toString('hex'),
  }));
  return JSON.stringify({ ...fields, head: { version, hash }, path });
}

async function* linesOf(chunks) {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > LINE_BYTES_MAX) throw new Error('a line is longer than any export writes');
  }
  if (rest.length > 0) throw new Error('the file does not end with a line feed');
}

/**
 * @param chunks the bytes of an export, in pieces of any size
 * @param publicKey base64; undefined: the root is not compared with any key but its own
 * @throws for bytes that are no export at all
 */
export async function verifyExport(chunks, publicKey) {
  let account;
  let root;
  for await (const bytes of linesOf(chunks)) {
    const entry = JSON.parse(bytes.toString());
    if (account === undefined) {
      if (entry.type !== 'account' || entry.format !== FORMAT) throw new Error('this is not an export of an account');
      account = new Account(entry);
    } else if (root !== undefined) account.fault('something follows the root');
    else if (entry.type === 'event') account.add(entry);
    else if (entry.type === 'root') root = entry;
    else account.fault(`a line of type ${entry.type} does not belong here`);
    if (!Buffer.from(asWritten(entry)).equals(bytes))
      account.fault(
        `the line of type ${entry.type} after version ${account.hashes.length - 1} is not as an export writes it`,
      );
  }
  if (account === undefined) throw new Error('the file is empty');
  account.end();
  if (root !== undefined) account.checkRoot(root, publicKey);
  else if (publicKey !== undefined) account.fault('no signed root covers the account');
  return { faults: account.faults, events: account.hashes.length - 1, signedVersion: root?.head.version };
}

async function main() {
  const {
    positionals: [file],
    values,
  } = parseArgs({ allowPositionals: true, options: { 'public-key': { type: 'string' } } });
  if (file === undefined) throw new Error('usage: node verify-export.mjs FILE [--public-key BASE64]');
  const { faults, events, signedVersion } = await verifyExport(createReadStream(file), values['public-key']);
  for (const text of faults) console.error(text);
  const byWhom = values['public-key'] === undefined ? ' by the key in the file, which was not compared with yours' : '';
  const covered =
    signedVersion === undefined ? 'under no signed root' : `signed up to version ${signedVersion}${byWhom}`;
  console.log(
    `${events} events, ${covered}: ${faults.length === 0 ? 'no difference' : `${faults.length} differences`}`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
