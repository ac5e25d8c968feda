import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './chromium.mjs';
import { look, stage } from './stage.mjs';

const CONSOLE_PAGES = ['Accounts', 'Fleet', 'Orders', 'Prices', 'Proof', 'Events', 'Audit', 'Operators'];

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
  await page.getByText('No difference').waitFor();
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

test('a large credit moves when a second operator has approved it, and not by who ordered it', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  const signIn = async (token) => {
    await page.goto(`${stage.platform.admin}/`);
    await page.getByLabel('Operator token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  await signIn(await operatorToken('ann'));
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
  await signIn(await operatorToken('bob'));
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

async function operatorToken(name) {
  const made = await fetch(`${stage.platform.admin}/admin/v1/operators`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.platform.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, role: 'operator' }),
  });
  return (await made.json()).token;
}
