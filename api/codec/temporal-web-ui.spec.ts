import { Client, Connection } from '@temporalio/client';
import { type Browser, chromium } from 'playwright-core';
import { createDataConverter } from '../../contracts/payload-codec';
import { startTestApi, type TestApi } from '../../test/servers/api';
import { cacheFolder } from '../../worker/embedded/cache-folder';
import { freePort } from '../../worker/embedded/free-port';
import { type EmbeddedTemporal, startTemporal } from '../../worker/embedded/temporal';
import { temporalBinary } from '../../worker/embedded/temporal-binary';

describe("Temporal's web UI", () => {
  let api: TestApi;
  let temporal: EmbeddedTemporal;
  let browser: Browser;

  beforeAll(async () => {
    const uiPort = await freePort();
    api = await startTestApi({ temporalUiUrl: `http://127.0.0.1:${uiPort}` });
    const binary = await temporalBinary({ cacheDir: cacheFolder() });
    temporal = await startTemporal({ binary, inMemory: true, uiPort, codecEndpoint: `${api.url}/api/v1/codec` });
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    });
  });

  afterAll(async () => {
    await browser.close();
    await temporal.stop();
    await api.stop();
  });

  it('shows decrypted payloads to whoever has signed in and lets it send the cookie, and to nobody else', async () => {
    const connection = await Connection.connect({ address: temporal.address });
    const client = new Client({ connection, dataConverter: createDataConverter(api.options.keyring.payload) });
    await client.workflow.start('any', { workflowId: 'one', taskQueue: 'none', args: [{ name: 'Readable Zoë' }] });
    await connection.close();
    const page = await browser.newPage({ viewport: { width: 1400, height: 1600 } });

    await page.goto(`${temporal.uiUrl}/namespaces/default/workflows/one`);
    await page.locator('#content').getByText('Codec Server could not connect').waitFor();
    expect(await page.getByText('Readable Zoë').count()).toBe(0);

    await page.goto(`${api.url}/api/v1/session`);
    await page.getByLabel("Administrator's token").fill(api.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('You are signed in').waitFor();

    await page.goto(`${temporal.uiUrl}/namespaces/default/workflows/one`);
    await page.locator('[data-testid^="data-encoder-status"]').first().click();
    await page.getByText('Use Cluster-level setting, where available.').first().click();
    await page.getByText('Use my browser setting and ignore Cluster-level setting.').click();
    await page.getByPlaceholder('Paste your endpoint here').fill(`${api.url}/api/v1/codec`);
    // Without a mouse: the page's sticky header lies over the lower half of this form.
    await page.locator('#pass-access-credentials').dispatchEvent('click');
    await page.getByTestId('confirm-data-encoder-button').dispatchEvent('click');
    await page.reload();
    await page.getByText('Readable Zoë').first().waitFor();
  });
});
