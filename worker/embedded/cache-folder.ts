import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The user's cache folder of Tenure, which may be deleted at any time: TENURE_CACHE, else `tenure` under
 * XDG_CACHE_HOME (https://specifications.freedesktop.org/basedir-spec) or ~/.cache, on macOS under ~/Library/Caches.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.TENURE_CACHE) return env.TENURE_CACHE;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'tenure');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tenure');
}
