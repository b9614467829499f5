import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../worker/embedded/free-port';

jest.setTimeout(240_000);

const PROGRAM = join(__dirname, '..', '..', 'dist', 'worker', 'demo', 'main.js');

/** Runs the demo as a user does, on ports of its own, and returns what it wrote and how it ended. */
async function demo(home: string, ...options: string[]): Promise<{ status: number | null; text: string }> {
  const ports = [await freePort(), await freePort(), await freePort()].map(String);
  const child = spawn(process.execPath, [PROGRAM, '--exit', ...options], {
    env: {
      ...process.env,
      TENURE_HOME: home,
      TENURE_PORT: ports[0],
      TENURE_TEMPORAL_PORT: ports[1],
      TENURE_TEMPORAL_UI_PORT: ports[2],
      // An installation of the user's own, which the demo must leave alone.
      DATABASE_URL: 'postgres://somebody@127.0.0.1:1/production',
      SMTP_URL: 'smtp://127.0.0.1:1',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, text };
}

describe('npm run demo -- --exit', () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tenure-demo-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it.each([
    ['with Samba', [], 'Active Directory is a Samba domain controller.'],
    ['with the stand-in, saying so', ['--stand-in'], 'Active Directory is an embedded stand-in, not a real one'],
  ])('ends with status 0 when every expectation held, %s', async (_title, options, nature) => {
    const { status, text } = await demo(home, ...options);
    // The text first: it tells what went wrong.
    expect(text).toMatch(/All \d+ expectations held/);
    expect(status).toBe(0);
    for (const line of [
      nature,
      '✓ the bad record is refused with a sentence that says why',
      '✓ omar.haddad@demo.tenure.example signs in to Active Directory with it, by LDAPS',
      '✓ everything that waited is done by itself',
      '✓ it is the account that she had, in both directories',
      '✓ nothing is lost: all of them are provisioned',
      'The provisioning report:',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).not.toContain('✗');
    // Its own folder, and nothing beside it.
    expect(readdirSync(home)).toEqual(['demo']);
  });

  it('says what keeps it from starting, and deletes nothing of others', async () => {
    const thesis = join(home, 'demo', 'thesis.txt');
    mkdirSync(join(home, 'demo'));
    writeFileSync(thesis, 'years of work');
    const { status, text } = await demo(home);
    expect(text).toContain('The demo cannot start: The folder');
    expect(status).toBe(1);
    expect(existsSync(thesis)).toBe(true);
  });
});
