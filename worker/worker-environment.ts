import { join, resolve } from 'node:path';
import { z } from 'zod';
import { mailSettings } from '../activities/mail/mail-settings.js';

const schema = z.object({
  TENURE_HOME: z.string().default('./.tenure'),
  TENURE_DIRECTORIES_FILE: z.string().optional(),
  DATABASE_URL: z.string({ error: 'is missing: set it to postgres://user:password@host:5432/database' }).min(1),
  TENURE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

/**
 * What the worker reads from its environment; docs/operations.md lists it.
 * @throws Error that names the variable and says what to do
 */
export function workerEnvironment(env: NodeJS.ProcessEnv = process.env) {
  // A variable that is set to nothing counts as not set.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '));
  }
  const { data } = parsed;
  const home = resolve(data.TENURE_HOME);
  return {
    home,
    databaseUrl: data.DATABASE_URL,
    directoriesFile: data.TENURE_DIRECTORIES_FILE ?? join(home, 'directories.yaml'),
    logLevel: data.TENURE_LOG_LEVEL,
    mail: mailSettings(given),
  };
}
