import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ActiveDirectory, startActiveDirectory } from '../../sandbox/active-directory/active-directory.js';
import { type GraphSandbox, startGraphSandbox } from '../../sandbox/graph/graph-sandbox.js';
import { checkDirectories } from './check-directories.js';

describe('npm run check-directories', () => {
  let ad: ActiveDirectory;
  let graph: GraphSandbox;
  let folder: string;
  let lines: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenure-check-'));
    ad = await startActiveDirectory();
    graph = await startGraphSandbox();
  });
  afterAll(async () => {
    await ad.stop();
    await graph.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    lines = [];
  });

  function check(adPassword: string): Promise<boolean> {
    const { tenantId, clientId, baseUrl, ca } = graph;
    const directories = [
      {
        name: 'corp-ad',
        kind: 'active-directory',
        settings: {
          urls: [ad.url],
          ca: ad.ca,
          bindDn: ad.adminUpn,
          baseDn: ad.baseDn,
          container: ad.organizationalUnits.People,
        },
        secrets: { password: { env: 'AD_PASSWORD' } },
      },
      {
        name: 'entra',
        kind: 'entra-id',
        settings: { tenantId, clientId, authorityUrl: baseUrl, graphUrl: baseUrl, ca },
        secrets: { clientSecret: { env: 'ENTRA_SECRET' } },
      },
    ];
    const file = join(folder, 'directories.yaml');
    writeFileSync(file, stringify({ directories }));
    const env = { AD_PASSWORD: adPassword, ENTRA_SECRET: graph.clientSecret };
    return checkDirectories(file, (line) => lines.push(line), env);
  }

  it('tells what each directory allows', async () => {
    expect(await check(ad.adminPassword)).toBe(true);
    expect(lines).toContain('corp-ad (active-directory)');
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}✓ create accounts: .* may create user objects/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}✓ User\.ReadWrite\.All: Granted/));
    expect(lines.filter((line) => line.includes('✗'))).toEqual([]);
  });

  it('says what is wrong with one and goes on with the next', async () => {
    expect(await check('wrong')).toBe(false);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}✗ sign in: .*password is wrong/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}✓ Sign-in/));
  });
});
