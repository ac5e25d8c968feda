import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPage } from './chromium.mjs';
import { look, stage } from './stage.mjs';

const CONSOLE_PAGES = [
  'Accounts',
  'Queue',
  'Fleet',
  'Usage',
  'Orders',
  'Prices',
  'Proof',
  'Events',
  'Audit',
  'Operators',
];

test('an operator raises a limit in the console, which the public port does not serve', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  assert.equal((await fetch(`${stage.platform.api}/console`)).status, 404);
  await page.goto(`${stage.platform.admin}/`);
  await page.getByLabel('Operator token').fill('not the token of anybody');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This is no token of an operator.').waitFor();
  await page.getByLabel('Operator token').fill(stage.platform.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  for (const name of CONSOLE_PAGES) {
    await page.getByRole('navigation').getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await look(page, `console-${name.toLowerCase()}`);
  }
  await page.getByRole('link', { name: 'Proof' }).click();
  await page.getByRole('button', { name: 'Verify the ledger' }).click();
  await page
    .locator('.notice', { hasText: /No difference.*Last run/ })
    .first()
    .waitFor();
  await look(page, 'console-proof-run');
  await page.getByRole('link', { name: 'Accounts' }).click();
  await page.getByRole('link', { name: 'First account' }).click();
  await page.getByLabel('Rendering at a time').first().fill('64');
  await page.getByRole('button', { name: 'Set live limits' }).click();
  await page.getByText('The limits are set').waitFor();
  await look(page, 'console-account');
  const accounts = await (
    await fetch(`${stage.platform.admin}/admin/v1/accounts`, {
      headers: { authorization: `Bearer ${stage.platform.token}` },
    })
  ).json();
  assert.ok(accounts.data.some((account) => account.limits.live.concurrent_jobs === 64));
  assert.deepEqual(faults, []);
  await close();
});

test('what videos earned is added up beside what their slots cost, and taken away as CSV', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  const { live_key: key } = JSON.parse(readFileSync(join(stage.platform.dataDir, 'credentials.json'), 'utf8'));
  const made = await fetch(`${stage.platform.api}/v1/videos`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', prefer: 'wait=50' },
    body: JSON.stringify({ prompt: 'a kite', resolution: '480p', duration: 1 }),
  });
  const { status, cost, model } = await made.json();
  assert.equal(status, 'completed');
  await enter(page, stage.platform.token);
  await page.getByRole('navigation').getByRole('link', { name: 'Queue' }).click();
  await page.getByRole('row', { name: /procedural/ }).waitFor();
  await look(page, 'console-queue-known');
  await page.getByRole('navigation').getByRole('link', { name: 'Usage' }).click();
  const total = page.locator('.stat', { hasText: 'Revenue' });
  await total.getByText(cost).waitFor();
  await page.getByLabel('Account').check();
  await page.getByLabel('Model').check();
  await page.getByRole('row', { name: new RegExp(`${model}.*\\${cost}`) }).waitFor();
  await look(page, 'console-usage-rows');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download CSV' }).click(),
  ]);
  const [columns, row] = readFileSync(await download.path(), 'utf8').split('\r\n');
  assert.match(columns, /^date,account_id,model,.*charged_usd.*slot_seconds.*margin_usd$/);
  assert.match(row, new RegExp(`^\\d{4}-\\d{2}-\\d{2},acc_\\w+,[\\w-]+,1,0,1,1,${cost.replace('$', '')},`));
  assert.deepEqual(faults, []);
  await close();
});

test('an operator signs in through the identity provider, as what it says, until the page is left', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  const through = async (address) => {
    await page.goto(`${stage.platform.admin}/`);
    await page.getByRole('button', { name: 'Continue with Example Inc.' }).click();
    await page.getByLabel('Address').fill(address);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  await through('eve@example.com');
  await page.getByText('is the role of an operator here').waitFor();
  await look(page, 'console-sign-in-refused');
  await page.context().clearCookies();
  await through('fred.finance@example.com');
  await page.getByRole('navigation').getByRole('link', { name: 'Operators' }).click();
  await page.getByRole('row', { name: /fred\.finance.*auditor/ }).waitFor();
  assert.equal(page.url().includes('code='), false, 'the code stays in the address bar');
  await page.getByRole('button', { name: 'New operator' }).click();
  await page.getByLabel('Name').fill('mallory');
  await page.getByRole('button', { name: 'Make the token' }).click();
  await page.getByText('Your role, auditor, may not do this').waitFor();
  await page.reload();
  await page.getByLabel('Operator token').waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('a large credit moves when a second operator has approved it, and not by who ordered it', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  await enter(page, await operatorToken('ann'));
  await page.getByRole('link', { name: 'First account' }).click();
  await page.getByLabel('Amount').fill('5000');
  await page.getByLabel('Reason').fill('Invoice 2026-117');
  await page.getByRole('button', { name: 'Move the money' }).click();
  await page.getByText('A second operator has to approve it').waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Orders' }).click();
  await page
    .getByRole('row', { name: /Invoice 2026-117/ })
    .getByRole('button', { name: 'Approve' })
    .click();
  await page.getByRole('button', { name: 'Approve it' }).click();
  await page.getByText('You proposed this order yourself').waitFor();
  await enter(page, await operatorToken('bob'));
  await page.getByRole('navigation').getByRole('link', { name: 'Orders' }).click();
  await look(page, 'console-order-waits');
  await page
    .getByRole('row', { name: /Invoice 2026-117/ })
    .getByRole('button', { name: 'Approve' })
    .click();
  await page.getByRole('button', { name: 'Approve it' }).click();
  await page.getByRole('row', { name: /Invoice 2026-117.*decided by bob.*Approved/ }).waitFor();
  assert.deepEqual(faults, []);
  await close();
});

async function enter(page, token) {
  await page.goto(`${stage.platform.admin}/`);
  await page.getByLabel('Operator token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function operatorToken(name) {
  const made = await fetch(`${stage.platform.admin}/admin/v1/operators`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.platform.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, role: 'operator' }),
  });
  return (await made.json()).token;
}
