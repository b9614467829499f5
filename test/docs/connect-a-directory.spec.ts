import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { parse } from 'yaml';
import type { z } from 'zod';
import { activeDirectorySettings } from '../../connectors/active-directory/settings.js';
import { entraIdSettings } from '../../connectors/entra-id/settings.js';
import { ldapSettings } from '../../connectors/ldap/settings.js';
import { ConnectorRegistry } from '../../worker/connector-registry.js';
import { readDirectoriesFile } from '../../worker/directories-file.js';

const MANUAL = readFileSync(join(__dirname, '..', '..', 'docs', 'connect-a-directory.md'), 'utf8');

describe('docs/connect-a-directory.md', () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenure-manual-'));
    for (const name of ['etc', 'run']) mkdirSync(join(folder, name));
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'tenure' }]);
    const files = {
      'etc/corp-ca.pem': cert,
      'run/corp-ad-password': 'a password\n',
      'entra-secret.txt': 'a secret\n',
      'entra-cert.pem': cert,
      'entra-key.pem': key,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const examples = [...MANUAL.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);

  it('has examples', () => expect(examples.length).toBeGreaterThan(2));

  it.each(examples)('shows a file that Tenure takes (%#)', async (text) => {
    const file = join(folder, 'directories.yaml');
    writeFileSync(file, text.replace('/etc/tenure', join(folder, 'etc')).replace('/run/secrets', join(folder, 'run')));
    const env = { CORP_AD_PASSWORD: 'a password', ENTRA_CLIENT_SECRET: 'a secret', CORP_LDAP_PASSWORD: 'a password' };
    const directories = readDirectoriesFile(file, env);
    const registry = new ConnectorRegistry(directories);
    expect(registry.planned().length).toBeGreaterThan(0);
    await registry.close();
  });

  const needed = {
    ad: { urls: ['ldaps://dc1'], bindDn: 'a@b', baseDn: 'DC=corp', container: 'DC=corp' },
    ldap: { urls: ['ldaps://ldap1'], bindDn: 'cn=a', baseDn: 'dc=corp', container: 'dc=corp' },
    entra: { tenantId: 'corp.example', clientId: '2b9c8d7e-6f5a-4b3c-9d2e-1f0a9b8c7d6e' },
  };
  it.each([
    ['Active Directory', activeDirectorySettings as z.ZodObject, needed.ad],
    ['Microsoft Entra ID', entraIdSettings as z.ZodObject, needed.entra],
    ['LDAP (OpenLDAP and its like)', ldapSettings as z.ZodObject, needed.ldap],
  ])('lists every setting of %s with its default', (title, schema, given: Record<string, unknown>) => {
    const chapter = MANUAL.slice(MANUAL.indexOf(`\n## ${title}\n`));
    const table = chapter.slice(
      chapter.indexOf('| setting |'),
      chapter.indexOf('\n\n', chapter.indexOf('| setting |')),
    );
    const rows = [...table.matchAll(/^\| (`.*?) \| (.*?) \|/gm)].flatMap(([, names = '', said = '']) => {
      const each = names.split(', ').map((name) => name.replaceAll('`', ''));
      const defaults = each.length > 1 && said.includes(', ') ? said.split(', ') : each.map(() => said);
      return each.map((name, index) => ({ name, said: defaults[index] ?? '' }));
    });
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(schema.shape).sort());

    const defaults = schema.parse(given);
    for (const { name, said } of rows) {
      const literal = /^(?:(\d+)|`([^`]+)`)$/.exec(said)?.slice(1).find(Boolean);
      if (said === 'needed') expect(given).toHaveProperty(name);
      // Another setting's value, or more than fits in a table.
      else if ((literal ?? '') in schema.shape || said.startsWith('see ')) continue;
      else if (literal) expect({ [name]: defaults[name] }).toEqual({ [name]: parse(literal) });
      else expect({ [name]: defaults[name] ?? [] }).toEqual({ [name]: [] });
    }
  });
});
