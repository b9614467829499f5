import { durationMs } from '../../domain/policy/duration.js';
import { isMailAddress } from './mail-address.js';

/** How mail is sent, and what stands in it. */
export interface MailSettings {
  /** `smtp://user:password@host:port`, `smtps://…`. */
  smtpUrl: string;
  from: { name: string; address: string };
  /** Where people reach the API: the base of every link. */
  publicUrl: string;
  /** How long a link works, in milliseconds. */
  activationTtlMs: number;
  /** What the organisation is called in mails; empty for "your organisation". */
  organisation: string;
}

/**
 * Mail settings from the environment: `SMTP_URL`, `TENURE_MAIL_FROM` (`Name <address>` or an address), `TENURE_PUBLIC_URL`,
 * `TENURE_ACTIVATION_TTL` (ISO 8601 duration, default `PT72H`) and `TENURE_ORGANISATION`.
 * @throws Error that names the variable and what to write
 */
export function mailSettings(env: NodeJS.ProcessEnv = process.env): MailSettings {
  return {
    smtpUrl: url('SMTP_URL', env.SMTP_URL, ['smtp:', 'smtps:']),
    from: sender(env.TENURE_MAIL_FROM),
    publicUrl: url('TENURE_PUBLIC_URL', env.TENURE_PUBLIC_URL, ['http:', 'https:']),
    activationTtlMs: duration('TENURE_ACTIVATION_TTL', env.TENURE_ACTIVATION_TTL || 'PT72H'),
    organisation: env.TENURE_ORGANISATION ?? '',
  };
}

function url(name: string, value: string | undefined, protocols: string[]): string {
  // The value is in no message: it may hold the mail server's password.
  if (!value || !URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    throw new Error(`${name} is ${value ? 'not a URL' : 'not set'}. Write ${protocols.join('//… or ')}//…`);
  }
  return value;
}

function sender(value: string | undefined): MailSettings['from'] {
  const [, name, inBrackets] = /^\s*"?([^"<>\p{C}]*?)"?\s*<([^<>]*)>\s*$/u.exec(value ?? '') ?? [];
  const address = inBrackets ?? value?.trim() ?? '';
  if (!isMailAddress(address)) {
    throw new Error('TENURE_MAIL_FROM is no address. Write it like: Accounts <accounts@example.org>');
  }
  return { name: name ?? '', address };
}

function duration(name: string, value: string): number {
  const ms = durationMs(value);
  if (!ms) throw new Error(`${name} is “${value}”, which is no ISO 8601 duration. Write one like PT72H or P3D.`);
  return ms;
}
