import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openPage } from './chromium.mjs';
import { look, register, stage } from './stage.mjs';

const FIRST_LOAD_BYTES_MAX = 250 * 1024;
const output = async (command, args) => (await promisify(execFile)(command, args)).stdout;

test('the documentation loads little, looks well everywhere and finds what is asked', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  let bytes = 0;
  const elsewhere = [];
  page.on('request', (asked) => {
    if (!asked.url().startsWith(stage.platform.api)) elsewhere.push(asked.url());
  });
  page.on('response', async (answer) => {
    const { responseBodySize = 0 } = await answer
      .request()
      .sizes()
      .catch(() => ({}));
    bytes += responseBodySize;
  });
  await page.goto(`${stage.platform.api}/docs`);
  await page.getByRole('heading', { name: 'Documentation' }).waitFor();
  await page.waitForLoadState('networkidle');
  assert.ok(bytes < FIRST_LOAD_BYTES_MAX, `the first load is ${bytes} bytes`);
  await look(page, 'docs');
  for (const name of ['Videos', 'Errors', 'Quickstart']) {
    await page.getByRole('navigation', { name: 'Documentation' }).getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await look(page, `docs-${name.toLowerCase()}`);
  }
  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: 'Search for' }).fill('negative_prompt');
  await page.getByRole('option').first().getByText('negative_prompt').waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/docs\/api\/videos#createVideo\.negative_prompt$/);
  await page.locator('[id="createVideo.negative_prompt"]').waitFor();
  assert.deepEqual(elsewhere, [], 'the documentation needs the internet');
  assert.deepEqual(faults, []);
  await close();
});

test('a reader runs an operation with their own test key, and copies code that does the same', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  await register(page);
  await page.goto(`${stage.platform.api}/docs/api/videos#createVideo`);
  await page.getByRole('button', { name: 'Put a test key of mine in the code' }).click();
  const section = page.getByRole('region', { name: 'Create a video' });
  const shown = section.getByLabel('Create a video: request in curl');
  await shown.getByText(/usv_test_\w{20}/).waitFor();
  await section.getByText('Fill in the request').click();
  await section.getByLabel('Body').fill('{"prompt": "it\'s a red kite", "resolution": "480p", "duration": 1}');
  await section.getByRole('button', { name: 'Run' }).click();
  const answered = section.getByLabel('Create a video: what was answered');
  await answered.getByText('"completed"').first().waitFor();
  const { id } = JSON.parse(await answered.innerText());
  assert.equal(JSON.parse(await output('bash', ['-c', await shown.innerText()])).status, 'completed');
  for (const [language, run] of [
    ['Python', (code) => output('python3', ['-c', code])],
    ['TypeScript', (code) => output(process.execPath, ['--input-type=module-typescript', '-e', code])],
  ]) {
    await section.getByRole('tab', { name: language }).click();
    assert.equal(
      JSON.parse(await run(await section.getByLabel(`Create a video: request in ${language}`).innerText())).status,
      'completed',
      language,
    );
  }
  const get = page.getByRole('region', { name: 'Get a video', exact: true });
  assert.equal(
    await get.getByRole('button', { name: 'Run' }).isDisabled(),
    true,
    'a request without its id can be run',
  );
  await get.getByText('Fill in the request').click();
  await get.getByRole('textbox', { name: 'id' }).fill(id);
  await get.getByRole('button', { name: 'Run' }).click();
  await get.getByLabel('Get a video: what was answered').getByText(id).first().waitFor();
  assert.equal(
    await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }).match(/usv_(live|test)|whsec/)),
    null,
    'a secret is in the storage',
  );
  assert.deepEqual(faults, []);
  await close();
});

test('every error code leads to its page, which says what it means', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  const refused = await (await fetch(`${stage.platform.api}/v1/videos`)).json();
  await page.goto(refused.doc_url);
  await page.getByRole('heading', { name: 'invalid_api_key' }).waitFor();
  const document = await (await fetch(`${stage.platform.api}/openapi.json`)).json();
  for (const [code, { title }] of Object.entries(document['x-error-codes'])) {
    await page
      .getByRole('navigation', { name: 'Documentation' })
      .getByRole('link', { name: 'Errors', exact: true })
      .click();
    await page.getByRole('link', { name: code, exact: true }).click();
    await page.getByText(title, { exact: true }).waitFor();
  }
  await look(page, 'docs-error');
  assert.deepEqual(faults, []);
  await close();
});
