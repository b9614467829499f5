import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { DirectoryConfiguration } from '../connectors/contract/connector-factory.js';

/*
 * `directories.yaml`: which directories there are. Secrets stand in it by reference only:
 *
 *   directories:
 *     - name: corp-ad
 *       kind: active-directory
 *       settings: { urls: [ldaps://dc1.corp.example], baseDn: DC=corp,DC=example, … }
 *       secrets:
 *         password: { env: CORP_AD_PASSWORD }      # or { file: ad-password.txt }, relative to this file
 */

const secretReference = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);

const fileSchema = z.strictObject({
  directories: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens'),
        kind: z.string(),
        settings: z.record(z.string(), z.unknown()).default({}),
        secrets: z.record(z.string(), secretReference).default({}),
      }),
    )
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names two directories alike'),
});

/** A directory as the file describes it, with its secrets looked up. */
export interface ConfiguredDirectory extends DirectoryConfiguration {
  kind: string;
  settings: Record<string, unknown>;
}

/** The file cannot be used. The message says where it is wrong and what to do. */
export class DirectoriesFileError extends Error {
  override readonly name = 'DirectoriesFileError';
}

/**
 * Reads the configured directories, in their order.
 * @param path of the YAML file
 * @param env where `{ env: … }` is looked up
 * @throws DirectoriesFileError
 */
export function readDirectoriesFile(path: string, env: NodeJS.ProcessEnv = process.env): ConfiguredDirectory[] {
  const fail = (message: string): never => {
    throw new DirectoriesFileError(`${path}: ${message}`);
  };
  const lines = new LineCounter();
  const document = parseDocument(read(path, fail), { lineCounter: lines });
  const [syntax] = document.errors;
  if (syntax) fail(`line ${syntax.linePos?.[0].line ?? 1}: ${syntax.message.split('\n')[0]}`);
  const parsed = fileSchema.safeParse(document.toJS() ?? { directories: [] });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail(`${issue?.path.join('.') || 'the file'} ${issue?.message ?? 'is not valid'}.`);
  }
  return parsed.data.directories.map(({ name, kind, settings, secrets }) => {
    const values = Object.entries(secrets).map(([key, reference]) => {
      const value = 'env' in reference ? env[reference.env] : read(resolve(dirname(path), reference.file), fail).trim();
      const where = 'env' in reference ? `the environment variable ${reference.env}` : reference.file;
      return [key, value || fail(`the secret “${key}” of ${name} is empty: set ${where}.`)];
    });
    return { name, kind, settings, secrets: Object.fromEntries(values) };
  });
}

function read(path: string, fail: (message: string) => never): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail(code === 'ENOENT' ? `there is no file ${path}.` : `${path} cannot be read (${code}).`);
  }
}
