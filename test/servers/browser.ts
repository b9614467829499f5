import { access } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';

/** Where Linux distributions put Chromium, and macOS Chrome. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser's program: TENURE_BROWSER, else the first of the usual places; undefined when there is none. */
export async function browserProgram(): Promise<string | undefined> {
  const chosen = process.env.TENURE_BROWSER;
  for (const path of chosen ? [chosen] : PLACES) {
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

/** Starts a headless browser that calls nobody by itself. Close it with `close()`. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await browserProgram();
  if (!executablePath) {
    throw new Error('There is no Chromium here: install it (Debian: apt-get install chromium), or set TENURE_BROWSER.');
  }
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
