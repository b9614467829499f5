import { execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { isExecutable, programOnPath } from './program-path.js';

const run = promisify(execFile);

/** The release of the Temporal CLI that Tenure is tried with: server 1.29.1, web UI 2.42.1. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

/** Where to look for the `temporal` program, and whom to tell how it goes. */
export interface TemporalBinaryOptions {
  /** The cache folder; the program is kept in `<cacheDir>/temporal-<version>`. */
  cacheDir: string;
  /** Told a line at a time what is being done, when it takes longer than a look on disk. */
  onProgress?: (line: string) => void;
  /**
   * The environment read for TENURE_TEMPORAL_BINARY, TENURE_TEMPORAL_DOWNLOAD (a mirror of https://temporal.download)
   * and PATH. Default: this process's own.
   */
  env?: NodeJS.ProcessEnv;
  /** Milliseconds the download may take in all. Default 180,000. */
  downloadTimeout?: number;
}

/**
 * Finds the `temporal` program: TENURE_TEMPORAL_BINARY, PATH, the cache folder, the public release archive, and last a
 * build with Go. The last two fill the cache folder.
 * @returns the program's path
 * @throws Error that says what was tried and what to do
 */
export async function temporalBinary(options: TemporalBinaryOptions): Promise<string> {
  const env = options.env ?? process.env;
  const present = await presentTemporal(options);
  if (present) return present;

  const progress = options.onProgress ?? (() => undefined);
  const failures: string[] = [];
  for (const [way, get] of [
    ['download', download],
    ['build with Go', build],
  ] as const) {
    try {
      return await intoCache(options.cacheDir, (folder) => get(folder, progress, { ...options, env }));
    } catch (error) {
      const reason = (error as Error).message;
      progress(`Temporal: ${way} failed (${reason})`);
      failures.push(`${way}: ${reason}`);
    }
  }
  throw new Error(
    `There is no Temporal server program here and it could not be fetched (${failures.join('; ')}): install the ` +
      'Temporal CLI (https://docs.temporal.io/cli), or set TENURE_TEMPORAL_BINARY to it, or TEMPORAL_ADDRESS to a running server.',
  );
}

/**
 * The path of the program where it is on this machine already; undefined when it would have to be fetched.
 * @throws Error when TENURE_TEMPORAL_BINARY names something that cannot be run
 */
export async function presentTemporal({
  cacheDir,
  env = process.env,
}: TemporalBinaryOptions): Promise<string | undefined> {
  const chosen = env.TENURE_TEMPORAL_BINARY;
  if (!chosen) return (await programOnPath('temporal', env)) ?? cachedTemporal(cacheDir);
  if (await isExecutable(chosen)) return chosen;
  throw new Error(`TENURE_TEMPORAL_BINARY names ${chosen}, which is not a program that can be run: correct it.`);
}

async function cachedTemporal(cacheDir: string): Promise<string | undefined> {
  const program = join(cacheFolder(cacheDir), 'temporal');
  return (await isExecutable(program)) ? program : undefined;
}

function cacheFolder(cacheDir: string): string {
  return join(cacheDir, `temporal-${TEMPORAL_CLI_VERSION}`);
}

/** Fills a folder beside the cached one and renames it, so that a cached program is always whole. */
async function intoCache(cacheDir: string, fill: (folder: string) => Promise<void>): Promise<string> {
  await mkdir(cacheDir, { recursive: true });
  const draft = await mkdtemp(`${cacheFolder(cacheDir)}.`);
  try {
    await fill(draft);
    const { stdout } = await run(join(draft, 'temporal'), ['--version'], { timeout: 20_000 });
    if (!stdout.includes('Server')) throw new Error(`what came is no Temporal CLI (it says ${stdout.trim()})`);
    await rename(draft, cacheFolder(cacheDir)).catch(async (error) => {
      // Another start filled it at the same time; either is good.
      if (!(await cachedTemporal(cacheDir))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return join(cacheFolder(cacheDir), 'temporal');
}

type Progress = (line: string) => void;

/** The release archives of https://docs.temporal.io/cli/setup-cli: a tar.gz with the program at its top. */
async function download(folder: string, progress: Progress, options: TemporalBinaryOptions): Promise<void> {
  const system = { linux: 'linux', darwin: 'darwin' }[process.platform as string];
  const processor = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if (!system || !processor) throw new Error(`no release for ${process.platform} on ${process.arch}`);
  const query = new URLSearchParams({ platform: system, arch: processor });
  const site = (options.env ?? process.env).TENURE_TEMPORAL_DOWNLOAD || 'https://temporal.download';
  const url = new URL(`/cli/archive/v${TEMPORAL_CLI_VERSION}?${query}`, site);
  progress(`Temporal: downloading version ${TEMPORAL_CLI_VERSION} from ${url.host}`);
  const response = await fetch(url, { signal: AbortSignal.timeout(options.downloadTimeout ?? 180_000) }).catch(
    (error: Error & { cause?: { code?: string } }) => {
      throw new Error(error.cause?.code ?? error.message);
    },
  );
  if (!response.ok || !response.body) throw new Error(`${url.host} answered ${response.status}`);
  const archive = join(folder, 'temporal.tar.gz');
  const total = Number(response.headers.get('content-length')) || undefined;
  const counted = countBytes(Readable.fromWeb(response.body), total, progress);
  await pipeline(counted, createWriteStream(archive));
  await run('tar', ['-xzf', archive, '-C', folder]);
  await rm(archive);
}

async function* countBytes(chunks: AsyncIterable<Uint8Array>, total: number | undefined, progress: Progress) {
  const step = 10_000_000;
  let received = 0;
  for await (const chunk of chunks) {
    const before = Math.floor(received / step);
    received += chunk.length;
    if (Math.floor(received / step) > before) {
      const of = total ? ` of ${Math.round(total / 1e6)}` : '';
      progress(`Temporal: ${Math.round(received / 1e6)}${of} MB`);
    }
    yield chunk;
  }
}

/** `go install` of the same release; needs Go 1.24 or newer and a few minutes. */
async function build(folder: string, progress: Progress, options: TemporalBinaryOptions): Promise<void> {
  const env = options.env ?? process.env;
  const go = await programOnPath('go', env);
  if (!go) throw new Error('Go is not on the PATH');
  progress(`Temporal: building version ${TEMPORAL_CLI_VERSION} with Go (once; some minutes)`);
  const child = spawn(go, ['install', `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`], {
    cwd: folder,
    env: { ...env, GOBIN: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 20 * 60_000,
  });
  let last = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line;
    progress(`Temporal: ${line}`);
  });
  const started = Date.now();
  const still = setInterval(() => {
    progress(`Temporal: still building (${Math.round((Date.now() - started) / 1000)} s)`);
  }, 20_000);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new Error(`go install ended with ${code}: ${last}`);
  } finally {
    clearInterval(still);
  }
}
