import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPage } from './chromium.mjs';
import { look, newEmail, register, stage } from './stage.mjs';

const signOut = async (page) => {
  await page.getByRole('button', { name: /account menu/i }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
};

test('a passkey of the device signs its owner in, until it is removed', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  const devices = await page.context().newCDPSession(page);
  await devices.send('WebAuthn.enable');
  await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await register(page, { name: 'Passkey Studio' });
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Work laptop');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('never used').waitFor();
  await look(page, 'settings-passkey');
  await signOut(page);
  await look(page, 'sign-in-ways');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('Passkey Studio').first().waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  await page.getByText(/^used/).waitFor();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await page.getByText('Work laptop', { exact: true }).waitFor({ state: 'detached' });
  await signOut(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('This passkey is not known here any more.').waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test('whoever proved an address gets in through the identity provider, and a stranger is told why not', async () => {
  const { page, faults, close } = await openPage(stage.browser);
  const email = newEmail();
  await register(page, { name: 'Federated Studio', email });
  await page.goto(await linkIn(email));
  await page.getByText('Your address is verified').waitFor();
  await page.goto(`${stage.platform.api}/dashboard`);
  await signOut(page);
  const through = async (address) => {
    await page.getByRole('link', { name: 'Continue with Example Inc.' }).click();
    await page.getByLabel('Address').fill(address);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  await through(email);
  await page.getByText('Federated Studio').first().waitFor();
  await signOut(page);
  await page.context().clearCookies();
  await page.goto(`${stage.platform.api}/dashboard/sign-in`);
  await through(newEmail());
  await page.getByText(/Nobody here has the address/).waitFor();
  await look(page, 'sign-in-refused');
  assert.deepEqual(faults, []);
  await close();
});

/** In the newest letter to them, which this platform writes into files. */
async function linkIn(email) {
  const folder = join(stage.platform.dataDir, 'mail');
  const deadline = Date.now() + 30_000;
  for (;;) {
    const letters = readdirSync(folder, { recursive: true })
      .filter((file) => file.endsWith('.eml'))
      .map((file) =>
        readFileSync(join(folder, file), 'utf8')
          .replace(/=\r?\n/g, '')
          .replaceAll('=3D', '='),
      );
    const link = /http\S+token=[\w-]{43}/.exec(letters.find((letter) => letter.includes(`To: ${email}`)) ?? '')?.[0];
    if (link) return link;
    assert.ok(Date.now() < deadline, `no letter came to ${email}`);
    await new Promise((looked) => setTimeout(looked, 200));
  }
}
