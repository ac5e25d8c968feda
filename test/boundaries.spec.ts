import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..');

/** Lints texts as if they stood in files, in a process of its own, because ESLint loads its configuration as a module. */
async function rulesBrokenBy(cases: readonly (readonly [file: string, text: string])[]): Promise<string[][]> {
  const program = `
    const { ESLint } = await import('eslint');
    const eslint = new ESLint({ cwd: ${JSON.stringify(root)} });
    const results = [];
    for (const [filePath, text] of ${JSON.stringify(cases)}) results.push((await eslint.lintText(text, { filePath }))[0].messages.map(({ ruleId }) => ruleId));
    console.log(JSON.stringify(results));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd: root });
  return JSON.parse(stdout) as string[][];
}

const INBOUND = 'services/scheduler/src/inbound/example.grpc.ts';
const DOMAIN = 'services/scheduler/src/job/example.ts';
const LIBRARY = 'libs/runtime/src/example.ts';
const [IMPORTS, SYNTAX, GLOBALS] = ['no-restricted-imports', 'no-restricted-syntax', 'no-restricted-globals'];

const REFUSED = [
  [INBOUND, "import { a } from '@usvideo/ledger'; export { a };", IMPORTS],
  [INBOUND, "import { a } from '@usvideo/ledger/src/account/account'; export { a };", IMPORTS],
  [INBOUND, "import type { A } from '../../../ledger/src/account/account'; export type { A };", IMPORTS],
  [INBOUND, "export const a = import('@usvideo/ledger');", SYNTAX],
  [INBOUND, "export const a = require('../../../ledger/src/account/account');", SYNTAX],
  [INBOUND, "import { a } from '@usvideo/testing'; export { a };", IMPORTS],
  ['services/standalone/src/example.ts', "import { a } from '@usvideo/testing'; export { a };", IMPORTS],
  [LIBRARY, "import { a } from '@usvideo/ledger'; export { a };", IMPORTS],
  [LIBRARY, "import { a } from '../../../services/ledger/src/account/account'; export { a };", IMPORTS],
  [DOMAIN, "import { a } from '@usvideo/ledger'; export { a };", IMPORTS],
  [DOMAIN, "import { a } from '../leasing/claim.sql'; export { a };", IMPORTS],
  [DOMAIN, "import { Injectable } from '@nestjs/common'; export { Injectable };", IMPORTS],
  [DOMAIN, "import { Pool } from 'pg'; export { Pool };", IMPORTS],
  [DOMAIN, "import { readFileSync } from 'node:fs'; export { readFileSync };", IMPORTS],
  [DOMAIN, "import { randomUUID } from 'node:crypto'; export { randomUUID };", IMPORTS],
  [DOMAIN, 'export const a = () => Date.now();', SYNTAX],
  [DOMAIN, 'export const a = () => new Date();', SYNTAX],
  [DOMAIN, 'export const a = () => Math.random();', SYNTAX],
  [DOMAIN, 'export const a = async () => 1;', SYNTAX],
  [DOMAIN, 'export const a = () => performance.now();', GLOBALS],
  [DOMAIN, "export const a = () => fetch('https://example.com');", GLOBALS],
  [INBOUND, 'export const a = process.env.PORT;', SYNTAX],
] as const;

const ALLOWED = [
  [INBOUND, "import { a } from '../leasing/claim.sql'; export { a };"],
  [INBOUND, "import type { Settle } from '@usvideo/contracts/ledger'; export type { Settle };"],
  [DOMAIN, "import { createHash } from 'node:crypto'; export { createHash };"],
  [DOMAIN, 'export const a = (now: Date) => new Date(now.getTime() + 1);'],
  ['services/standalone/src/example.ts', "import { startLedger } from '@usvideo/ledger'; export { startLedger };"],
] as const;

describe('the boundaries between modules', () => {
  let broken: string[][];

  beforeAll(async () => {
    broken = await rulesBrokenBy([...REFUSED, ...ALLOWED].map(([file, text]) => [file, text] as const));
  });

  it.each(REFUSED.map(([file, text, rule], index) => [file, text, rule, index] as const))(
    'refuse in %s: %s',
    (_, __, rule, index) => {
      expect(broken[index]).toContain(rule);
    },
  );

  it.each(ALLOWED.map(([file, text], index) => [file, text, REFUSED.length + index] as const))(
    'allow in %s: %s',
    (_, __, index) => {
      expect(broken[index]).toEqual([]);
    },
  );
});
