import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser.js';

describe('the browser of a suite', () => {
  let browser: Browser;
  let server: Server;

  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end('<form><label>Passwort <input name="password"></label></form>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await launchBrowser();
  }, 30_000);

  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  it('fills in a page, with and without JavaScript', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await browser.newPage({ javaScriptEnabled });
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      await page.getByLabel('Passwort').fill('größer');
      expect(await page.getByLabel('Passwort').inputValue()).toBe('größer');
      await page.close();
    }
  });
});
