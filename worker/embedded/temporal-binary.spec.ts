import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TEMPORAL_CLI_VERSION, temporalBinary } from './temporal-binary.js';

const run = promisify(execFile);

describe('the Temporal program', () => {
  let folder: string;

  const program = async (...path: string[]): Promise<string> => {
    const file = join(folder, ...path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, '#!/bin/sh\n');
    await chmod(file, 0o755);
    return file;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-binary-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('is the one the environment names, else the one on the PATH, else the cached one', async () => {
    const named = await program('named');
    const onPath = await program('bin/temporal');
    const cached = await program(`cache/temporal-${TEMPORAL_CLI_VERSION}/temporal`);
    const cacheDir = join(folder, 'cache');
    const PATH = `/nowhere:${join(folder, 'bin')}`;

    expect(await temporalBinary({ cacheDir, env: { PATH, TENURE_TEMPORAL_BINARY: named } })).toBe(named);
    expect(await temporalBinary({ cacheDir, env: { PATH } })).toBe(onPath);
    expect(await temporalBinary({ cacheDir, env: { PATH: '/nowhere' } })).toBe(cached);
  });

  it('is not looked for elsewhere when the environment names a wrong one', async () => {
    await program('bin/temporal');
    const env = { PATH: join(folder, 'bin'), TENURE_TEMPORAL_BINARY: join(folder, 'absent') };
    await expect(temporalBinary({ cacheDir: folder, env })).rejects.toThrow(/TENURE_TEMPORAL_BINARY names .*absent/);
  });

  it('is downloaded once for this system, and found in the cache from then on', async () => {
    await writeFile(join(folder, 'temporal'), '#!/bin/sh\necho "temporal version 1.5.1 (Server 1.29.1)"\n', {
      mode: 0o755,
    });
    await run('tar', ['-czf', 'archive.tar.gz', 'temporal'], { cwd: folder });
    const asked: string[] = [];
    const mirror = createServer((request, response) => {
      asked.push(request.url ?? '');
      createReadStream(join(folder, 'archive.tar.gz')).pipe(response);
    });
    await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
    const { port } = mirror.address() as AddressInfo;
    const env = { PATH: '/nowhere', TENURE_TEMPORAL_DOWNLOAD: `http://127.0.0.1:${port}` };
    const cacheDir = join(folder, 'cache');
    const expected = join(cacheDir, `temporal-${TEMPORAL_CLI_VERSION}`, 'temporal');

    expect(await temporalBinary({ cacheDir, env })).toBe(expected);
    expect(await temporalBinary({ cacheDir, env })).toBe(expected);
    mirror.close();
    expect(asked).toEqual([
      expect.stringMatching(/^\/cli\/archive\/v[\d.]+\?platform=(linux|darwin)&arch=(amd64|arm64)$/),
    ]);
    expect(await readdir(cacheDir)).toEqual([`temporal-${TEMPORAL_CLI_VERSION}`]);
  });

  it('is asked for in one sentence when every way fails, and nothing half-made stays in the cache', async () => {
    const lines: string[] = [];
    const attempt = temporalBinary({
      cacheDir: join(folder, 'cache'),
      env: { PATH: '/nowhere' },
      downloadTimeout: 1,
      onProgress: (line) => lines.push(line),
    });
    await expect(attempt).rejects.toThrow(
      /could not be fetched \(download: .+; build with Go: Go is not on the PATH\): install the Temporal CLI/,
    );
    expect(lines[0]).toMatch(/downloading version/);
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });
});
