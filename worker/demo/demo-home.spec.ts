import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDemoHome } from './demo-home.js';

describe('the demo’s state folder', () => {
  let home: string;
  const demo = (...path: string[]) => join(home, 'demo', ...path);

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tenure-demo-home-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('is emptied at every start, and nothing beside it', async () => {
    mkdirSync(join(home, 'postgres'));
    const first = await prepareDemoHome(home, false);
    writeFileSync(demo('directories.yaml'), '');
    first.release();
    const second = await prepareDemoHome(home, false);
    second.release();
    expect(existsSync(demo('directories.yaml'))).toBe(false);
    expect(second.secrets).not.toEqual(first.secrets);
    expect(existsSync(join(home, 'postgres'))).toBe(true);
  });

  it('can be kept', async () => {
    const first = await prepareDemoHome(home, false);
    writeFileSync(demo('directories.yaml'), '');
    first.release();
    const second = await prepareDemoHome(home, true);
    second.release();
    expect(existsSync(demo('directories.yaml'))).toBe(true);
    expect(second.secrets).toEqual(first.secrets);
  });

  it('leaves a folder alone that is somebody else’s', async () => {
    mkdirSync(demo());
    writeFileSync(demo('thesis.txt'), 'years of work');
    await expect(prepareDemoHome(home, false)).rejects.toThrow(/holds something else than a demo/);
    expect(existsSync(demo('thesis.txt'))).toBe(true);
  });

  it('cannot be kept where there is none', async () => {
    await expect(prepareDemoHome(home, true)).rejects.toThrow(/There is no demo in .* to be kept/);
    expect(existsSync(demo())).toBe(false);
  });

  it('belongs to one demo at a time', async () => {
    const first = await prepareDemoHome(home, false);
    writeFileSync(demo('directories.yaml'), '');
    await expect(prepareDemoHome(home, false)).rejects.toThrow(/already run by another Tenure/);
    expect(existsSync(demo('directories.yaml'))).toBe(true);
    first.release();
  });
});
