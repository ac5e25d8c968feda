import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './chromium.mjs';
import { PASSWORD, newEmail, register, stage } from './stage.mjs';

const NEW_PASSWORD = 'another horse battery';

async function signIn(page, email, password = PASSWORD) {
  await page.goto(`${stage.platform.api}/dashboard`);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const signedIn = (page) => page.getByRole('button', { name: /Account menu/ }).waitFor();

async function signOut(page) {
  await page.getByRole('button', { name: /Account menu/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
}

test('pages run no script but their own, are framed by nobody, and keep the session where no script reads it', async () => {
  for (const path of ['/dashboard', '/docs', '/docs/errors/not_found']) {
    const policy = (await fetch(stage.platform.api + path)).headers.get('content-security-policy');
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.doesNotMatch(policy, /unsafe|\*/, path);
  }
  const { page, close } = await openPage(stage.browser);
  await register(page);
  const cookie = (await page.context().cookies()).find(({ name }) => name === 'usv_session');
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Lax', '/']);
  assert.equal(await page.evaluate(() => document.cookie), '');
  const injected = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
    return window.ran === true;
  });
  assert.equal(injected, false, 'an inline script runs');
  const forged = await page.evaluate(
    async () =>
      (
        await fetch('/v1/api-keys', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"name":"forged"}',
        })
      ).status,
  );
  assert.equal(forged, 403, 'a request without the CSRF token makes a key');
  await close();
});

test('a changed password ends every other session, and none is mixed with the next account', async () => {
  const email = newEmail();
  const first = await openPage(stage.browser);
  const other = await openPage(stage.browser);
  await register(first.page, { name: 'First Studio', email });
  await signIn(other.page, email);
  await signedIn(other.page);
  await first.page.goto(`${stage.platform.api}/dashboard/settings`);
  await first.page.getByLabel('Current password').fill(PASSWORD);
  await first.page.getByLabel('New password').fill(NEW_PASSWORD);
  await first.page.getByRole('button', { name: 'Change it' }).click();
  await first.page.getByText('The password is changed').waitFor();
  await other.page.reload();
  await other.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await first.page.reload();
  await signedIn(first.page);
  const tab = await first.page.context().newPage();
  await tab.goto(`${stage.platform.api}/dashboard/keys`);
  await tab.getByText('First test key').waitFor();
  await signOut(first.page);
  await tab.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await register(first.page, { name: 'Second Studio' });
  await tab.getByText('Second Studio').first().waitFor();
  for (const page of [first.page, tab])
    assert.equal(await page.getByText('First Studio').count(), 0, 'something of the account before is shown');
  await first.close();
  await other.close();
});

test('guessing a password is slowed down, and the answer does not tell who has an account', async () => {
  const post = (path, body) =>
    fetch(`${stage.platform.api}/v1/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const login = (email, password) => post('login', { email, password });
  const email = newEmail();
  assert.equal((await post('register', { email, password: PASSWORD, account_name: 'Guessed Studio' })).status, 201);
  const [known, unknown] = await Promise.all([
    login(email, 'wrong horse battery'),
    login(newEmail(), 'wrong horse battery'),
  ]);
  const plain = async (answer) => {
    const { request_id: _, ...body } = await answer.json();
    return [answer.status, body];
  };
  assert.deepEqual(await plain(known), await plain(unknown));
  const statuses = [];
  for (let attempt = 0; attempt < 12; attempt += 1) statuses.push((await login(email, 'wrong horse battery')).status);
  assert.equal(statuses[0], 401);
  assert.equal(statuses.at(-1), 429, `guessing went on: ${statuses}`);
  assert.equal((await login(email, PASSWORD)).status, 429, 'the right password gets by the limit');
});
