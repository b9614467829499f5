import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareKeys } from './first-start.js';

describe('the keys of a state folder', () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tenure-keys-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('are made for a new one, readable by its owner only', () => {
    prepareKeys(home);
    expect(statSync(join(home, 'keys.json')).mode & 0o777).toBe(0o600);
  });

  it('are not made anew for one with histories, which other keys could not open', () => {
    writeFileSync(join(home, 'temporal.db'), '');
    expect(() => prepareKeys(home)).toThrow(/The keys of .* are gone: .*backup/);
    expect(existsSync(join(home, 'keys.json'))).toBe(false);
  });
});
