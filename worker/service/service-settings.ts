import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const PORT = 'must be a port, a number from 1 to 65535';
const port = z.coerce.number(PORT).int(PORT).min(1, PORT).max(65535, PORT);

const schema = z.object({
  TENURE_HOME: z.string().min(1).default('./.tenure'),
  TENURE_PORT: port.default(8080),
  TENURE_HOST: z.string().min(1).default('127.0.0.1'),
  TENURE_ADMIN_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  TENURE_PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  TENURE_WORKERS: z.coerce.number('must be a number').int().min(1).max(16).default(1),
  TENURE_TEMPORAL_PORT: port.default(7233),
  TENURE_TEMPORAL_UI_PORT: port.default(8233),
  DATABASE_URL: z.string().min(1).optional(),
  TEMPORAL_ADDRESS: z.string().min(1).optional(),
  SMTP_URL: z.string().min(1).optional(),
});

/** What `npm start` and the demo run with. */
export interface ServiceSettings {
  /** The state folder, absolute. */
  home: string;
  host: string;
  port: number;
  /** Where people reach Tenure. */
  publicUrl: string;
  adminToken: string;
  /** The token was made just now, so it has to be shown once. */
  adminTokenIsNew: boolean;
  /** How many worker processes: each keeps one processor busy at most. */
  workers: number;
  temporalPort: number;
  temporalUiPort: number;
  /** Set where a part is not embedded. */
  databaseUrl?: string;
  temporalAddress?: string;
  smtpUrl?: string;
}

/**
 * Reads the settings, and makes the state folder and the administrator's token at the first start.
 * @throws Error with one sentence: a variable that is wrong, a state folder that cannot be used
 */
export function serviceSettings(env: NodeJS.ProcessEnv = process.env): ServiceSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`).join(' '));
  }
  const { data } = parsed;
  const home = resolve(data.TENURE_HOME);
  prepareHome(home);
  const token = data.TENURE_ADMIN_TOKEN ? { token: data.TENURE_ADMIN_TOKEN, isNew: false } : keptToken(home);
  const shownHost = data.TENURE_HOST === '0.0.0.0' || data.TENURE_HOST === '::' ? 'localhost' : data.TENURE_HOST;
  return {
    home,
    host: data.TENURE_HOST,
    port: data.TENURE_PORT,
    publicUrl: data.TENURE_PUBLIC_URL ?? `http://${shownHost}:${data.TENURE_PORT}`,
    adminToken: token.token,
    adminTokenIsNew: token.isNew,
    workers: data.TENURE_WORKERS,
    temporalPort: data.TENURE_TEMPORAL_PORT,
    temporalUiPort: data.TENURE_TEMPORAL_UI_PORT,
    databaseUrl: data.DATABASE_URL,
    temporalAddress: data.TEMPORAL_ADDRESS,
    smtpUrl: data.SMTP_URL,
  };
}

function prepareHome(home: string): void {
  try {
    for (const folder of ['logs', 'run']) mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const cure = 'Give this user the right to write there, or set TENURE_HOME to another folder.';
    throw new Error(`The state folder ${home} cannot be used (${code}). ${cure}`);
  }
}

/** The token of earlier starts, or a new one. Only its owner can read the file. */
function keptToken(home: string): { token: string; isNew: boolean } {
  const file = join(home, 'admin-token');
  if (existsSync(file)) {
    const token = readFileSync(file, 'utf8').trim();
    if (token.length < 16) throw new Error(`${file} holds no token any more. Delete it, and a new one is made.`);
    return { token, isNew: false };
  }
  const token = randomBytes(24).toString('base64url');
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return { token, isNew: true };
}
