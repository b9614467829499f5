import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestMailServer, type TestMailServer } from '../servers/mail.js';
import { startTestPostgres, type TestPostgres } from '../servers/postgres.js';
import { startTestTemporal, type TestTemporal } from '../servers/temporal.js';
import { Tenure } from '../stack/tenure.js';

jest.setTimeout(60_000);

describe('npm start on servers of one’s own', () => {
  let postgres: TestPostgres;
  let temporal: TestTemporal;
  let mail: TestMailServer;
  let tenure: Tenure | undefined;

  beforeAll(async () => {
    [postgres, temporal, mail] = await Promise.all([startTestPostgres(), startTestTemporal(), startTestMailServer()]);
  });
  afterAll(async () => {
    await tenure?.stop();
    await Promise.all([postgres.stop(), temporal.stop(), mail.stop()]);
  });

  it('prepares them, starts none beside them, and works', async () => {
    tenure = await Tenure.start({
      directories: [],
      policy: 'version: 1\nrules: []\ndirectories: {}\n',
      smtpUrl: mail.url,
      env: {
        DATABASE_URL: await postgres.createDatabase(),
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: 'people',
      },
    });
    const { state } = await tenure.settle({ type: 'joiner', person: { personId: 'hr-1', givenName: 'Ada' } });
    expect(state).toBe('done');
    const parts = JSON.parse(readFileSync(join(tenure.home, 'run', 'parts.json'), 'utf8'));
    expect(Object.keys(parts).sort()).toEqual(['API', 'Worker']);
    expect(existsSync(join(tenure.home, 'postgres'))).toBe(false);
    expect(existsSync(join(tenure.home, 'temporal.db'))).toBe(false);
  });

  it('says in one sentence which of them does not answer', async () => {
    await tenure?.stop();
    tenure = undefined;
    const away = { DATABASE_URL: await postgres.createDatabase(), TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const started = Tenure.start({ directories: [], policy: '', smtpUrl: mail.url, env: away });
    await expect(started).rejects.toThrow(/Temporal at 127\.0\.0\.1:1 does not answer .*correct TEMPORAL_ADDRESS/);
  });
});
