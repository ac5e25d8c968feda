import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { accessibilityFaults, openBrowser, openPage } from './chromium.mjs';
import { startPlatform } from './platform.mjs';

const FIRST_LOAD_BYTES_MAX = 250 * 1024;
const PAGES = ['', 'playground', 'videos', 'billing', 'usage', 'keys', 'webhooks', 'limits', 'team', 'settings'];
const CONSOLE_PAGES = ['Accounts', 'Prices', 'Proof', 'Events'];
/** Pictures of every page go there when it is set; people look at them. */
const pictures = process.env.PICTURES;
const given = process.env.PLATFORM && JSON.parse(process.env.PLATFORM);

let platform;
let browser;
before(async () => {
  platform = given ?? await startPlatform();
  browser = await openBrowser();
  if (pictures) mkdirSync(pictures, { recursive: true });
});
after(async () => {
  await browser?.close();
  if (!given) await platform?.stop();
});

const picture = async (page, name) => {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
};

async function register(page) {
  await page.goto(`${platform.api}/`);
  await page.getByRole('link', { name: 'Open an account' }).click();
  await page.getByLabel('Account name').fill('Northwind Studio');
  await page.getByLabel('Email').fill(`dev-${Date.now()}@example.com`);
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await page.getByRole('button', { name: 'Open the account' }).click();
  await page.getByRole('heading', { name: 'Your keys' }).waitFor();
}

/** Every page in light, dark and on a phone, by the menu as a person goes. */
async function look(page, name) {
  for (const [look, scheme, width] of [['light', 'light', 1360], ['dark', 'dark', 1360], ['phone', 'light', 390]]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: width < 500 ? 844 : 860 });
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    assert.deepEqual(await accessibilityFaults(page), [], `${name} in ${look}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `${name} on ${look} is ${overflow} pixels too wide`);
    await picture(page, `${name || 'home'}-${look}`);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1360, height: 860 });
}

const output = async (command, args) => (await promisify(execFile)(command, args)).stdout;
/** How a reader runs what is shown. */
const RUN = {
  Python: (code) => output('python3', ['-c', code]),
  TypeScript: (code) => output(process.execPath, ['--input-type=module-typescript', '-e', code]),
};

test('a customer comes from the register page to a played video by copying the shown curl', async () => {
  const { page, faults, close } = await openPage(browser);
  let bytes = 0;
  page.on('response', async (answer) => {
    const { responseBodySize = 0 } = await answer.request().sizes().catch(() => ({}));
    bytes += responseBodySize;
  });
  await page.goto(`${platform.api}/`);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
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
  await look(page, 'video');
  assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }).match(/usv_(live|test)|whsec/)), null, 'a secret is in the storage');
  assert.deepEqual(faults, []);
  await close();
});

test('every page is reached by the menu, reads well everywhere, and a video is made in the playground', async () => {
  const { page, faults, close } = await openPage(browser);
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
  const { page, close } = await openPage(browser);
  await register(page);
  const first = await page.getByText(/^usv_test_/).first().innerText();
  await page.getByRole('navigation').getByRole('link', { name: 'API keys' }).click();
  await page.getByText('First test key').waitFor();
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill('Nightly');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const secret = await page.getByRole('dialog').getByText(/^usv_test_/).innerText();
  const ask = (key) => fetch(`${platform.api}/v1/account`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await ask(secret)).status, 200);
  await page.getByRole('button', { name: 'I have stored it' }).click();
  assert.equal(await page.getByText(secret).count(), 0);
  await page.getByRole('row', { name: /First test key/ }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke the key' }).click();
  await page.getByRole('row', { name: /First test key/ }).waitFor({ state: 'detached' });
  const deadline = Date.now() + 10_000;
  while ((await ask(first)).status !== 401) assert.ok(Date.now() < deadline, 'the revoked key still works');
  await close();
});

test('an operator raises a limit in the console, which the public port does not serve', async () => {
  const { page, faults, close } = await openPage(browser);
  assert.equal((await fetch(`${platform.api}/console`)).status, 404);
  await page.goto(`${platform.admin}/`);
  await page.getByLabel('Operator token').fill('not the token of anybody');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This is no token of an operator.').waitFor();
  await page.getByLabel('Operator token').fill(platform.token);
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
  const accounts = await (await fetch(`${platform.admin}/admin/v1/accounts`, { headers: { authorization: `Bearer ${platform.token}` } })).json();
  assert.ok(accounts.data.some((account) => account.limits.live.concurrent_jobs === 64));
  assert.deepEqual(faults, []);
  await close();
});
