import { type Browser, chromium } from 'playwright-core';
import { browserProgram } from '../prerequisites/browser-program.js';

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
