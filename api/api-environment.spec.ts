import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureKeyring } from '../contracts/keyring';
import { apiEnvironment } from './api-environment';

describe("the API's environment", () => {
  const home = mkdtempSync(join(tmpdir(), 'tenure-api-environment-'));
  const good = {
    DATABASE_URL: 'postgres://127.0.0.1/tenure',
    TENURE_ADMIN_TOKEN: 'a-long-and-random-token',
    TENURE_PUBLIC_URL: 'https://tenure.example.org',
    TENURE_HOME: home,
    TEMPORAL_ADDRESS: 'temporal.example.org:7233',
    TEMPORAL_NAMESPACE: 'people',
    TEMPORAL_UI_URL: '',
  };

  beforeAll(() => ensureKeyring(home, {}));
  afterAll(() => rmSync(home, { recursive: true }));

  it('listens to this machine alone unless told otherwise', () => {
    expect(apiEnvironment(good)).toMatchObject({ host: '127.0.0.1', port: 8080 });
    expect(apiEnvironment({ ...good, TENURE_HOST: '0.0.0.0', TENURE_PORT: '80' })).toMatchObject({
      host: '0.0.0.0',
      port: 80,
    });
  });

  it("takes Temporal's own variables, and an empty variable for none", () => {
    const { options } = apiEnvironment(good);
    expect(options.temporal).toMatchObject({
      connectionOptions: { address: 'temporal.example.org:7233' },
      namespace: 'people',
    });
    expect(options.temporalUiUrl).toBeUndefined();
  });

  it.each([
    ['DATABASE_URL', undefined, 'DATABASE_URL is missing: set it to postgres://'],
    ['TENURE_ADMIN_TOKEN', '', 'TENURE_ADMIN_TOKEN is missing: set it to a long random text'],
    ['TENURE_ADMIN_TOKEN', 'short', 'TENURE_ADMIN_TOKEN is too short'],
    ['TENURE_ADMIN_TOKEN', 'sixteen characters, with spaces', 'TENURE_ADMIN_TOKEN may hold letters, digits'],
    ['TENURE_PUBLIC_URL', 'tenure.example.org', 'TENURE_PUBLIC_URL has to be an address like https://'],
    ['TENURE_PORT', 'http', 'TENURE_PORT has to be a number'],
    ['TENURE_LOG_LEVEL', 'loud', 'TENURE_LOG_LEVEL has to be debug, info, warn or error'],
    ['TENURE_HOME', '/nonexistent', 'is not there'],
  ])('says what is wrong with %s=%s and what to do, without the value', (name, value, sentence) => {
    expect(() => apiEnvironment({ ...good, [name]: value })).toThrow(sentence);
    if (value && name !== 'TENURE_HOME')
      expect(() => apiEnvironment({ ...good, [name]: value })).not.toThrow(`"${value}"`);
  });
});
