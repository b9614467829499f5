import { randomUUID } from 'node:crypto';
import type { CheckItem } from '../../connectors/contract/connector.js';
import { ConnectorRegistry } from '../connector-registry.js';
import { readDirectoriesFile } from '../directories-file.js';

/** All questions to one directory together. */
const TIMEOUT_MS = 60_000;

const SILENT = { debug: () => undefined, warn: () => undefined };

/**
 * *Verify Credentials* of every configured directory: connects, signs in, and looks at each right and condition. Where
 * a kind of directory can only tell rights by trying them, it tries them on an entry of its own.
 * @param write takes the lines of the findings
 * @returns whether all that is needed holds
 * @throws Error with one sentence when the file or a directory's settings are wrong
 */
export async function checkDirectories(
  file: string,
  write: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  const configured = readDirectoriesFile(file, env);
  const registry = new ConnectorRegistry(configured);
  let well = true;
  try {
    for (const { name, kind } of configured) {
      write(`${name} (${kind})`);
      const op = { id: randomUUID(), signal: AbortSignal.timeout(TIMEOUT_MS), log: SILENT };
      for (const item of await registry.connector(name).check(op)) {
        write(`  ${mark(item)} ${item.name}: ${item.message}`);
        if (!item.ok && !item.optional) well = false;
      }
    }
  } finally {
    await registry.close();
  }
  if (configured.length === 0) write(`${file} names no directory.`);
  return well;
}

function mark({ ok, optional }: CheckItem): string {
  if (ok) return '✓';
  return optional ? '–' : '✗';
}
