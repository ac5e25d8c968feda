import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { accessibilityFaults, openBrowser } from './chromium.mjs';
import { startOidcProvider } from '../../services/accounts/test/oidc-provider.mjs';
import { freeUrl, startPlatform } from './platform.mjs';
import { startStripe } from './stripe.mjs';

/** Pictures of every page go there when it is set; people look at them. */
const pictures = process.env.PICTURES;
const given = process.env.PLATFORM && JSON.parse(process.env.PLATFORM);

/** One platform and one browser for all that is tried here. */
export const stage = { platform: undefined, browser: undefined, stripe: undefined, oidc: undefined };

before(async () => {
  stage.stripe = await startStripe();
  const url = await freeUrl();
  const consoleUrl = await freeUrl();
  stage.oidc = await startOidcProvider(`${url}/v1/auth/oidc/callback`, `${consoleUrl}/console/signed-in`);
  const settings = {
    ...stage.stripe.settings,
    ...stage.oidc.settings,
    ...stage.oidc.operatorSettings,
    ADMIN_PORT: new URL(consoleUrl).port,
    CONSOLE_URL: consoleUrl,
    DUAL_CONTROL_USD: '1000',
    SLOT_SECOND_USD: '0.000694',
    TRACE_URL_TEMPLATE: 'https://traces.example.com/trace/{trace_id}',
  };
  // By its name, as the identity provider sends operators back to it.
  stage.platform = given ?? { ...(await startPlatform(url, settings)), admin: consoleUrl };
  stage.browser = await openBrowser();
  if (pictures) mkdirSync(pictures, { recursive: true });
});
after(async () => {
  await stage.browser?.close();
  if (!given) await stage.platform?.stop();
  await stage.oidc?.stop();
  await stage.stripe?.stop();
});

export const picture = async (page, name) => {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
};

export const PASSWORD = 'correct horse battery';
export const newEmail = () => `dev-${Date.now()}-${Math.random().toString(36).slice(2)}@example.com`;

/** From the sign-in page to the first keys, as somebody new. */
export async function register(page, { name = 'Northwind Studio', email = newEmail() } = {}) {
  await page.goto(`${stage.platform.api}/`);
  await page.getByRole('link', { name: 'Open an account' }).click();
  await page.getByLabel('Account name').fill(name);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Open the account' }).click();
  await page.getByRole('heading', { name: 'Your keys' }).waitFor();
  return page
    .getByText(/^usv_test_/)
    .first()
    .innerText();
}

/** A page in light, dark and on a phone: nothing serious for axe, nothing too wide. */
export async function look(page, name) {
  for (const [look, scheme, width] of [
    ['light', 'light', 1360],
    ['dark', 'dark', 1360],
    ['phone', 'light', 390],
  ]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: width < 500 ? 844 : 860 });
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    assert.deepEqual(await accessibilityFaults(page), [], `${name} in ${look}`);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.ok(overflow <= 0, `${name} on ${look} is ${overflow} pixels too wide`);
    await picture(page, `${name || 'home'}-${look}`);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1360, height: 860 });
}
