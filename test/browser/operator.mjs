import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './chromium.mjs';
import { look, stage } from './stage.mjs';

const CONSOLE_PAGES = ['Accounts', 'Fleet', 'Prices', 'Proof', 'Events', 'Audit', 'Operators'];

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
