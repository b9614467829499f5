import { resolve } from 'node:path';
import { z } from 'zod';
import { loadPublicKeyring } from '../contracts/keyring.js';
import { temporalConnection } from '../contracts/temporal-connection.js';
import type { ApiOptions } from './api-options.js';

const url = z.url({ protocol: /^https?$/, error: 'has to be an address like https://tenure.example.org' });

const schema = z.object({
  DATABASE_URL: z.string({ error: 'is missing: set it to postgres://user:password@host:5432/database' }).min(1),
  TENURE_ADMIN_TOKEN: z
    .string({ error: 'is missing: set it to a long random text, such as the output of "openssl rand -hex 32"' })
    .regex(/^[\w.~+/=-]+$/, 'may hold letters, digits and . _ ~ + / = - only')
    .min(16, 'is too short: take at least 16 characters, such as the output of "openssl rand -hex 32"'),
  TENURE_PUBLIC_URL: url,
  TEMPORAL_UI_URL: url.optional(),
  TENURE_HOST: z.string().default('127.0.0.1'),
  TENURE_PORT: z.coerce.number({ error: 'has to be a number' }).int().min(0).max(65_535).default(8080),
  TENURE_HOME: z.string().default('./.tenure'),
  TENURE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'has to be debug, info, warn or error').default('info'),
});

/**
 * What the API reads from its environment; docs/operations.md lists it.
 * @throws Error that names every variable that is wrong and says what to do
 */
export function apiEnvironment(env: NodeJS.ProcessEnv = process.env): {
  options: ApiOptions;
  host: string;
  port: number;
} {
  // A variable that is set to nothing counts as not set.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '));
  }
  const { data } = parsed;
  return {
    options: {
      databaseUrl: data.DATABASE_URL,
      temporal: temporalConnection(env),
      keyring: loadPublicKeyring(resolve(data.TENURE_HOME), env),
      adminToken: data.TENURE_ADMIN_TOKEN,
      publicUrl: data.TENURE_PUBLIC_URL,
      temporalUiUrl: data.TEMPORAL_UI_URL,
      log: { level: data.TENURE_LOG_LEVEL },
    },
    host: data.TENURE_HOST,
    port: data.TENURE_PORT,
  };
}
