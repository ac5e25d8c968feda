import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@usvideo/event-store';
import { AccountExport } from './account-export.sql';
import {
  addFunds,
  adjust,
  LedgerWorld,
  newJob,
  placeHold,
  refund,
  reverse,
  settle,
  voidHold,
} from '../posting/ledger.fixture';
import { SignedRoots } from '../signing/signed-roots.store';
import { SignedHistoryChanged } from '../signing/signed-tree.sql';
import { SigningKey } from '../signing/signing-key';
import { LedgerVerifier } from './verifier.sql';

const SCRIPT = join(__dirname, '..', '..', 'verify-export.mjs');
const TABLES = [
  'event',
  'shard_head',
  'ledger_account',
  'hold',
  'payment',
  'entry',
  'usage',
  'daily_usage',
  'natural_key',
  'signed_root',
  'signed_head',
  'signed_account',
  'signed_node',
  'signed_position',
  'price',
];
const ACCOUNTS = ['acc_a', 'acc_b', 'acc_c', 'acc_d', 'acc_e'];

describe('proof', () => {
  const key = new SigningKey(randomBytes(32));
  let world: LedgerWorld;
  let database: Database;
  let roots: SignedRoots;
  let verifier: LedgerVerifier;
  let folder: string;

  beforeAll(async () => {
    world = await LedgerWorld.start();
    database = world.open('proof');
    folder = await mkdtemp(join(tmpdir(), 'ledger-proof-'));
    roots = new SignedRoots(database, key);
    verifier = new LedgerVerifier(database, [key.publicKey]);
    const writer = world.writer(database);
    for (const accountId of ACCOUNTS) {
      const [charged, voided] = [newJob(), newJob()];
      for (const command of [
        addFunds(accountId, 10_000_000n),
        placeHold(accountId, charged),
        placeHold(accountId, voided),
        settle(accountId, charged, 1_000_000n),
      ])
        await writer.submit(command);
      if (accountId === 'acc_b') await roots.sign();
      for (const command of [
        voidHold(accountId, voided),
        refund(accountId, charged, 250_000n),
        adjust(accountId, -7n),
        placeHold(accountId, newJob()),
        reverse(accountId, 10_000_000n),
      ])
        await writer.submit(command);
    }
    await roots.sign();
    await database.query(TABLES.map((table) => `create table sound_${table} as table ${table};`).join(''));
  });

  afterEach(() =>
    world.tamper(
      database,
      TABLES.map((table) => `delete from ${table}; insert into ${table} select * from sound_${table}`).join(';'),
    ),
  );
  afterAll(async () => {
    await world.stop();
    await rm(folder, { recursive: true });
  });

  const differences = async () => (await verifier.verify()).differences.join('\n');

  it('holds for a ledger that nobody changed', async () => {
    expect(await verifier.verify()).toMatchObject({ differences: [], rootsChecked: 2n, lastRootAt: expect.any(Date) });
  });

  it('is made once a day', async () => {
    expect(await roots.signDaily()).toBeUndefined();
    expect(await roots.signDaily(new Date(Date.now() + 86_400_000))).toMatchObject({
      sequence: 3n,
      accounts: BigInt(ACCOUNTS.length),
    });
  });

  it('finds a tail that was cut with everything that told of it', async () => {
    await world.tamper(
      database,
      `
      delete from event where stream_id = 'acc_e'; delete from hold where account_id = 'acc_e'; delete from payment where account_id = 'acc_e';
      delete from entry where account_id = 'acc_e'; delete from usage where account_id = 'acc_e'; delete from daily_usage where account_id = 'acc_e';
      delete from natural_key where account_id = 'acc_e'; delete from ledger_account where account_id = 'acc_e';
      update shard_head s set next_seq = coalesce((select max(shard_seq) + 1 from event where shard = s.shard), 1)`,
    );
    expect(await differences()).toContain('account acc_e version');
    await expect(roots.sign()).rejects.toThrow(SignedHistoryChanged);
  });

  it.each([
    ['a cut root', 'delete from signed_root where sequence = 1', 'root 2: follows root none.'],
    [
      'a changed root',
      'update signed_root set root = set_byte(root, 0, get_byte(root, 0) # 1) where sequence = 2',
      'root 2: its signature does not hold.',
    ],
    [
      'a changed count',
      'update signed_root set accounts = 4 where sequence = 2',
      'root 2: its signature does not hold.',
    ],
    [
      'a head that was taken back',
      "delete from signed_head where account_id = 'acc_c'",
      'root 2: is not the root of its heads.',
    ],
    [
      'a head of another event',
      "update signed_head h set hash = e.hash, version = 1 from event e where h.account_id = 'acc_c' and e.stream_id = 'acc_c' and e.version = 1",
      'root 2: is not the root of its heads.',
    ],
  ])('finds %s', async (_, sql, sentence) => {
    await world.tamper(database, sql);
    expect(await differences()).toContain(sentence);
  });

  it('finds roots that somebody else signed', async () => {
    const forged = new SignedRoots(database, new SigningKey(randomBytes(32)));
    await forged.sign();
    expect(await differences()).toContain('root 3: is signed with a key that is not ours.');
  });

  it('finds that the newest root is gone, when somebody kept it outside', async () => {
    const known = Buffer.from((await roots.list(1, 0))[0]!.root).toString('hex');
    expect((await verifier.verify(known)).differences).toEqual([]);
    await world.tamper(
      database,
      'delete from signed_root where sequence = 2; delete from signed_head where sequence = 2',
    );
    expect((await verifier.verify(known)).differences.join()).toContain('was kept outside');
  });

  it('refuses changes of what was signed', async () => {
    await expect(database.query('update signed_root set accounts = 1')).rejects.toThrow('append-only');
    await expect(database.query('delete from signed_head')).rejects.toThrow('append-only');
    await expect(database.query('update price set per_second_micros = 1')).rejects.toThrow('append-only');
    for (const table of ['event', 'price', 'signed_root', 'signed_head'])
      await expect(database.query(`truncate ${table}`)).rejects.toThrow('append-only');
  });

  it.each(['price', 'signed_root', 'signed_head'])(
    'says that changes of %s are not refused any more',
    async (table) => {
      const { rows } = await database.query<{ name: string }>(
        'select tgname as name from pg_trigger where tgrelid = to_regclass($1) and not tgisinternal order by 1',
        [table],
      );
      expect(rows).toHaveLength(2);
      for (const { name } of rows) {
        await database.query(`alter table ${table} disable trigger ${name}`);
        expect(await differences()).toMatch(
          new RegExp(`^table ${table}: the trigger ${name}, which refuses (change|truncation), is gone`),
        );
        await database.query(`alter table ${table} enable trigger ${name}`);
      }
    },
  );

  it('finds a node of the tree that was changed before the next root grows from it', async () => {
    await world.tamper(
      database,
      'update signed_node set hash = set_byte(hash, 0, get_byte(hash, 0) # 1) where level = 0 and position = 2',
    );
    expect((await differences()).split('\n')).toEqual(
      ['0/2', '1/1'].map((node) => `the tree of signed heads: node ${node} is not made of what is below it.`),
    );
  });

  it('finds events that were passed over as if they had been signed', async () => {
    const writer = world.writer(database);
    await writer.submit(addFunds('acc_new', 1n));
    await world.tamper(
      database,
      "update signed_position p set shard_seq = e.shard_seq, event_id = e.event_id from event e where e.shard = p.shard and e.stream_id = 'acc_new'",
    );
    await roots.sign();
    expect(await differences()).toBe('account acc_new: version 1 is under no root, as if it had been signed.');
  });

  it('costs what moved: heads and nodes of other accounts are not written again', async () => {
    const writer = world.writer(database);
    await writer.submit(adjust('acc_b', 1n, 'later'));
    await writer.submit(addFunds('acc_0_first_by_name', 1n));
    const before = (
      await database.query<{ node: string }>(
        "select level || '/' || position || ' ' || encode(hash, 'hex') as node from signed_node",
      )
    ).rows.map(({ node }) => node);
    expect(await roots.sign()).toMatchObject({ accounts: BigInt(ACCOUNTS.length + 1) });
    const { rows } = await database.query<{ node: string }>(
      "select level || '/' || position || ' ' || encode(hash, 'hex') as node from signed_node order by level, position",
    );
    expect(
      rows
        .map(({ node }) => node)
        .filter((node) => !before.includes(node))
        .map((node) => node.split(' ')[0]),
    ).toEqual(['0/1', '0/5', '1/0', '1/2', '2/0', '2/1', '3/0']);
    expect((await database.query('select account_id from signed_head where sequence = 3 order by 1')).rows).toEqual([
      { account_id: 'acc_0_first_by_name' },
      { account_id: 'acc_b' },
    ]);
    expect(await differences()).toBe('');
  });

  it('holds for more accounts than are read at once, and finds one changed head among them', async () => {
    await world.tamper(
      database,
      ['root', 'head', 'account', 'node', 'position'].map((table) => `delete from signed_${table}`).join(';'),
    );
    const writer = world.writer(database);
    const many = Array.from({ length: 1_100 }, (_, n) => `acc_${n}`);
    await Promise.all(many.map((accountId) => writer.submit(addFunds(accountId, 1n))));
    for (let round = 0; round < 5; round++) {
      await writer.submit(adjust(many[round * 100]!, 1n, `round ${round}`));
      await roots.sign();
    }
    expect(await verifier.verify()).toMatchObject({ differences: [], rootsChecked: 5n });
    await world.tamper(
      database,
      "update signed_head set version = version + 1, hash = sha256('x') where account_id = 'acc_100' and sequence = 2",
    );
    expect((await differences()).split('\n')).toEqual([
      'account acc_100 version 3: the event that root 2 signed is gone or another.',
      ...[2, 3, 4, 5].map((sequence) => `root ${sequence}: is not the root of its heads.`),
      'account acc_100: the tree does not hold its newest signed head.',
    ]);
  });

  it('holds for more roots than are read at once, and finds one that is gone among them', async () => {
    for (let n = 3; n <= 1_003; n++) await roots.sign();
    expect(await verifier.verify()).toMatchObject({ differences: [], rootsChecked: 1_003n });
    await world.tamper(database, 'delete from signed_root where sequence = 1001');
    expect((await differences()).split('\n')).toEqual(['root 1002: follows root 1000.']);
  });

  describe('of an export', () => {
    async function exported(accountId = 'acc_c'): Promise<string[]> {
      const lines: string[] = [];
      for await (const some of new AccountExport(database, roots).lines(accountId)) lines.push(...some);
      return lines;
    }

    /** The script alone, as a customer runs it. */
    async function check(lines: readonly string[], ...options: string[]): Promise<{ code: number; said: string }> {
      const file = join(folder, `${randomBytes(6).toString('hex')}.jsonl`);
      await writeFile(file, `${lines.join('\n')}\n`);
      return new Promise((resolve) => {
        execFile(process.execPath, [SCRIPT, file, ...options], (error, stdout, stderr) =>
          resolve({ code: error ? 1 : 0, said: stdout + stderr }),
        );
      });
    }
    const ownKey = ['--public-key', key.publicKey.toString('base64')];

    it.each(ACCOUNTS)('holds for %s without our code', async (accountId) => {
      const { code, said } = await check(await exported(accountId), ...ownKey);
      expect({ code, said }).toEqual({
        code: 0,
        said: expect.stringContaining('9 events, signed up to version 9: no difference'),
      });
    });

    it('names the root that it shows, also while the next one is signed', async () => {
      let signed = false;
      const query = async (statement: { name: string }) => {
        const answer = await database.query(statement as never);
        if (statement.name === 'signed_inclusion_read' && !signed) {
          signed = true;
          await world.at(
            database,
            new Date().toISOString(),
            adjust('acc_a', 1n, 'later'),
            adjust('acc_c', 1n, 'later'),
          );
          await roots.sign();
        }
        return answer;
      };
      const interrupted = new SignedRoots({ query } as unknown as Database, key);
      const lines: string[] = [];
      for await (const some of new AccountExport(database, interrupted).lines('acc_c')) lines.push(...some);
      expect(await check(lines, ...ownKey)).toMatchObject({
        code: 0,
        said: expect.stringContaining('10 events, signed up to version 9: no difference'),
      });
    });

    it('fails for another key, a cut tail, a missing event, two in the wrong order and one too many', async () => {
      const lines = await exported();
      const other = new SigningKey(randomBytes(32)).publicKey.toString('base64');
      const cut = [lines[0]!.replace('"version":"9"', '"version":"8"'), ...lines.slice(1, 9), lines[10]!];
      const cases = [
        cut,
        lines.filter((_, at) => at !== 4),
        [lines[0]!, lines[2]!, lines[1]!, ...lines.slice(3)],
        [...lines.slice(0, 10), lines[9]!, lines[10]!],
      ];
      expect((await check(lines, '--public-key', other)).code).toBe(1);
      for (const changed of cases) expect((await check(changed, ...ownKey)).code).toBe(1);
      expect((await check(lines.slice(0, 10), ...ownKey)).said).toContain('no signed root');
      expect((await check(lines.slice(0, 10))).said).toContain('under no signed root: no difference');
    });

    describe('as bytes', () => {
      let sound: Buffer;
      let verifyExport: (chunks: Iterable<Buffer>, publicKey?: string) => Promise<{ faults: string[] }>;
      const publicKey = key.publicKey.toString('base64');

      beforeAll(async () => {
        ({ verifyExport } = (await import(SCRIPT)) as { verifyExport: typeof verifyExport });
        sound = Buffer.from(`${(await exported()).join('\n')}\n`);
      });

      const isFound = (bytes: Buffer, wanted?: string) =>
        verifyExport([bytes], wanted).then(
          ({ faults }) => faults.length > 0,
          () => true,
        );
      const missed = async (changes: readonly (readonly [string, Buffer])[]) => {
        const found: string[] = [];
        for (const [name, bytes] of changes) if (!(await isFound(bytes, publicKey))) found.push(name);
        return found;
      };

      it('holds in pieces of any size', async () => {
        for (const size of [1, 7, 4_096]) {
          const pieces = Array.from({ length: Math.ceil(sound.length / size) }, (_, at) =>
            sound.subarray(at * size, (at + 1) * size),
          );
          expect((await verifyExport(pieces, publicKey)).faults).toEqual([]);
        }
      });

      it('fails for every byte that is changed', async () => {
        const changes = Array.from(sound, (byte, at): [string, Buffer] => {
          const bytes = Buffer.from(sound);
          bytes[at] = byte ^ (1 << (at % 8));
          return [`byte ${at}, ${sound.subarray(Math.max(0, at - 20), at + 20).toString()}`, bytes];
        });
        expect(changes.length).toBeGreaterThan(3_000);
        expect(await missed(changes)).toEqual([]);
      });

      it('fails for every byte that is removed or added', async () => {
        const changes = Array.from(sound, (_, at): [string, Buffer][] => [
          [`without byte ${at}`, Buffer.concat([sound.subarray(0, at), sound.subarray(at + 1)])],
          [`with one more before ${at}`, Buffer.concat([sound.subarray(0, at), Buffer.from(' '), sound.subarray(at)])],
        ]).flat();
        expect(
          await missed([...changes, ['an empty line at the end', Buffer.concat([sound, Buffer.from('\n')])]]),
        ).toEqual([]);
      });

      it('fails for every tail that is cut, and only the signed root tells of a whole one', async () => {
        const cuts = Array.from(sound, (_, at): [string, Buffer] => [`cut at ${at}`, sound.subarray(0, at)]);
        expect(await missed(cuts)).toEqual([]);
        const lastLine = sound.lastIndexOf(0x0a, sound.length - 2) + 1;
        expect(await isFound(sound.subarray(0, lastLine))).toBe(false);
      });
    });
  });
});
