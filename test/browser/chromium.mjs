import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export function chromiumPath() {
  return process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));
}

/** @throws when there is no Chromium: these tests are asked for by name, so that none is skipped unseen. */
export function openBrowser() {
  if (!chromiumPath())
    throw new Error('There is no Chromium here: install one (apt-get install chromium), or name it in CHROMIUM.');
  // Containers run as root, where Chromium's own sandbox does not start.
  return chromium.launch({ executablePath: chromiumPath(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

/** A page that reports what a person would not see: refused policies and broken code. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 860 },
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught|Refused/.test(message.text()))
      faults.push(message.text());
  });
  return { page, faults, close: () => context.close() };
}

/** Axe's serious and critical findings (WCAG 2.1 A and AA), short enough to read. Run beside the page's policy, not under it. */
export async function accessibilityFaults(page) {
  const found = await page.evaluate(
    `(() => { ${axe}; return axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] }); })()`,
  );
  return found.violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary?.split('\n')[1]?.trim() ?? ''}`,
      ),
    );
}
