import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openPage } from './chromium.mjs';
import { startReceiver } from './receiver.mjs';
import { look, picture, register, stage } from './stage.mjs';

const FIRST_LOAD_BYTES_MAX = 250 * 1024;
const PAGES = ['', 'playground', 'videos', 'billing', 'usage', 'keys', 'webhooks', 'limits', 'team', 'settings'];

const output = async (command, args) => (await promisify(execFile)(command, args)).stdout;
/** How a reader runs what is shown. */
const RUN = {
  Python: (code) => output('python3', ['-c', code]),
  TypeScript: (code) => output(process.execPath, ['--input-type=module-typescript', '-e', code]),
};

test('a customer comes from the register page to a played video by copying the shown curl', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  let bytes = 0;
  page.on('response', async (answer) => {
    const { responseBodySize = 0 } = await answer
      .request()
      .sizes()
      .catch(() => ({}));
    bytes += responseBodySize;
  });
  await page.goto(`${stage.platform.api}/`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await page.waitForLoadState('networkidle');
  assert.ok(bytes < FIRST_LOAD_BYTES_MAX, `the first load is ${bytes} bytes`);
  await look(page, 'sign-in');
  await register(page);
  await look(page, 'first-steps');
  const curl = await page.getByLabel('Create a video in curl').innerText();
  assert.equal(JSON.parse(await output('bash', ['-c', curl])).status, 'completed');
  for (const [language, run] of Object.entries(RUN)) {
    await page.getByRole('tab', { name: language }).click();
    const code = await page.getByLabel(`Create a video in ${language}`).innerText();
    assert.match(await run(code), /^completed http/, language);
  }
  await page.getByRole('link', { name: 'Play it' }).click();
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0);
  const trace = await page.getByRole('link', { name: /^[0-9a-f]{32}$/ }).getAttribute('href');
  assert.match(trace, /^https:\/\/traces\.example\.com\/trace\/[0-9a-f]{32}$/);
  await look(page, 'video');
  assert.equal(
    await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }).match(/usv_(live|test)|whsec/)),
    null,
    'a secret is in the storage',
  );
  assert.deepEqual(faults, []);
  await close();
});

test('a customer adds an endpoint, is told of a video, and sends the webhook once more', async (t) => {
  const { page, faults, close } = await openPage(stage.browser);
  const receiver = await startReceiver();
  t.after(receiver.stop);
  const key = await register(page);
  await page.getByRole('navigation').getByRole('link', { name: 'Webhooks' }).click();
  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  await page.getByLabel('URL').fill(receiver.url);
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
  const secret = await page
    .getByRole('dialog')
    .getByText(/^whsec_/)
    .innerText();
  await page.getByRole('button', { name: 'Done' }).click();
  await page
    .getByRole('row', { name: new RegExp(receiver.url) })
    .getByRole('button', { name: 'More' })
    .click();
  await page.getByRole('menuitem', { name: 'Show the secret' }).click();
  await page.getByRole('dialog').getByText(secret).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  const made = await fetch(`${stage.platform.api}/v1/videos`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', prefer: 'wait=50' },
    body: JSON.stringify({ prompt: 'a kite', resolution: '480p', duration: 1 }),
  });
  const { id } = await made.json();
  await receiver.take(1);
  await page.goto(`${stage.platform.api}/dashboard/videos/${id}`);
  await page
    .getByRole('row', { name: /video\.completed/ })
    .getByRole('button', { name: 'Resend' })
    .click();
  const [first, again] = await receiver.take(2);
  assert.deepEqual([again.headers['webhook-id'], again.body], [first.headers['webhook-id'], first.body]);
  assert.equal(JSON.parse(again.body).id, id);
  await page.getByRole('navigation').getByRole('link', { name: 'Webhooks' }).click();
  await page.getByText('sent again').first().waitFor();
  await look(page, 'webhooks-told');
  assert.deepEqual(faults, []);
  await close();
});

test('every page is reached by the menu, reads well everywhere, and a video is made in the playground', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  await register(page);
  await page.getByRole('navigation').getByRole('link', { name: 'Playground' }).click();
  await page.getByRole('textbox', { name: 'Prompt' }).fill('Paper boats on a rainy street at dusk, macro');
  await page.locator('.price-line strong').getByText('$').waitFor();
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.locator('video').waitFor();
  await picture(page, 'playground-done');
  for (const path of PAGES) {
    await page.locator(`nav a[href="/dashboard/${path}"]`).first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await look(page, path);
  }
  assert.deepEqual(faults, []);
  await close();
});

test('a key is made, shown once, used and revoked; what a page refuses says why', async () => {
  const { page, close } = await openPage(stage.browser);
  const first = await register(page);
  await page.getByRole('navigation').getByRole('link', { name: 'API keys' }).click();
  await page.getByText('First test key').waitFor();
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill('Nightly');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const secret = await page
    .getByRole('dialog')
    .getByText(/^usv_test_/)
    .innerText();
  const ask = (key) => fetch(`${stage.platform.api}/v1/account`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await ask(secret)).status, 200);
  await page.getByRole('button', { name: 'I have stored it' }).click();
  assert.equal(await page.getByText(secret).count(), 0);
  await page
    .getByRole('row', { name: /First test key/ })
    .getByRole('button', { name: 'Revoke' })
    .click();
  await page.getByRole('button', { name: 'Revoke the key' }).click();
  await page.getByRole('row', { name: /First test key/ }).waitFor({ state: 'detached' });
  const deadline = Date.now() + 10_000;
  while ((await ask(first)).status !== 401) assert.ok(Date.now() < deadline, 'the revoked key still works');
  await close();
});

test('a balance that runs low is topped up with the saved card', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  await register(page);
  await page.route('https://checkout.stripe.com/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>Stripe</title>' }),
  );
  await page.getByRole('radio', { name: 'Live' }).check({ force: true });
  await page.getByRole('navigation').getByRole('link', { name: 'Billing' }).click();
  await page.getByRole('button', { name: 'Save a card' }).click();
  await page.waitForURL('https://checkout.stripe.com/**');
  assert.equal((await stage.stripe.saveCard(stage.platform.api)).status, 200);
  await page.goto(`${stage.platform.api}/dashboard/billing`);
  await page.getByText('visa ···· 4242').waitFor();
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByLabel('Add', { exact: true }).fill('3');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByText(/5 to 10000/).waitFor();
  await page.getByLabel('Add', { exact: true }).fill('75');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByText('$75.00 of $500.00 this month').waitFor();
  await page.getByRole('row', { name: /\$75\.00 automatic Completed/ }).waitFor();
  await page.getByRole('row', { name: /Funds added.*\+\$75\.00/ }).waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await look(page, 'billing-automatic');
  assert.deepEqual(faults, []);
  await close();
});

test('a month is taken away as a PDF and as CSV, to the cent as the page shows it', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  await register(page);
  const {
    account: { account_id: id },
  } = await page.evaluate(async () => (await fetch('/v1/auth/session')).json());
  const credit = await fetch(`${stage.platform.admin}/admin/v1/accounts/${id}/credit`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.platform.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ amount_usd: '17.25', payment_ref: `invoice-${Date.now()}`, note: 'wire' }),
  });
  assert.equal(credit.status, 200);
  await page.getByRole('radio', { name: 'Live' }).check({ force: true });
  await page.getByRole('navigation').getByRole('link', { name: 'Billing' }).click();
  await page
    .getByRole('row', { name: /running/ })
    .getByText('$17.25')
    .first()
    .waitFor();
  const text = async (kind) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: new RegExp(`^${kind} of`) }).click(),
    ]);
    return readFileSync(await download.path(), 'latin1');
  };
  const pdf = await text('PDF');
  assert.match(pdf, /^%PDF-1\.\d/);
  for (const shown of ['Closing balance', '$17.25', 'funds added'])
    assert.ok(pdf.includes(`(${shown}`), `the PDF does not show ${shown}`);
  assert.match(await text('CSV'), /^created_at,kind.*\r\n[^\r]*funds_added,,17\.25,/);
  assert.deepEqual(faults, []);
  await close();
});
