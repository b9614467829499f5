import { createTransport } from 'nodemailer';
import { ConnectorError } from '../../connectors/contract/connector-error.js';
import type { MailSettings } from './mail-settings.js';

/** One mail to one person. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** In angle brackets. */
  messageId: string;
}

/** Hands mails to the organisation's mail server. */
export interface Mailer {
  /**
   * Returns when the server has taken the mail.
   * @throws ConnectorError `transient`: the server is away or says later; `unauthorized`: it refuses our credentials;
   *   `invalid`: it refuses this mail or its recipient for good
   */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** Together well below the time limit of the activity. */
const TIMEOUTS = { dnsTimeout: 10_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** A mailer with a pool of connections to `smtpUrl`. It connects with the first mail. */
export function createMailer({ smtpUrl, from }: Pick<MailSettings, 'smtpUrl' | 'from'>): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    ...TIMEOUTS,
    // A connection that breaks in the middle of a mail is for Temporal to try again, where it is seen and counted.
    maxRequeues: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    async send(mail) {
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: mail.to },
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId: mail.messageId,
          // RFC 3834: no out-of-office replies; the second is Exchange's own word for it (MS-OXCMAIL 2.2.3.2.14).
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        });
      } catch (error) {
        throw toConnectorError(error as SmtpError);
      }
    },
    close: () => transport.close(),
  };
}

/** What nodemailer puts on its errors. */
interface SmtpError extends Error {
  code?: string;
  /** The last line that the server said. */
  response?: string;
  responseCode?: number;
  /** The command that it answered: `CONN`, `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, `DATA`. */
  command?: string;
}

/** RFC 5321, 4.2.1: 4yz passes, 5yz does not. Whatever came without an answer is the network's, and passes. */
function toConnectorError({ code, response, responseCode = 0, command = '' }: SmtpError): ConnectorError {
  const said = response ? ` It said: ${quote(response)}` : '';
  const details = { code: responseCode ? String(responseCode) : code };
  if (code === 'EAUTH' || code === 'ENOAUTH' || responseCode === 530) {
    const message = `The mail server refuses the credentials in SMTP_URL; correct them and mail goes out by itself.${said}`;
    return new ConnectorError('unauthorized', message, details);
  }
  if (responseCode >= 500 && command === 'RCPT TO') {
    return new ConnectorError('invalid', `The mail server refuses the recipient.${said}`, details);
  }
  // Without an answer this is nodemailer's own refusal of an address that it cannot send.
  if (responseCode >= 500 && command !== 'CONN' && code !== 'ETLS') {
    return new ConnectorError('invalid', `The mail server refuses the mail.${said}`, details);
  }
  if (code === 'EENVELOPE' && responseCode === 0) {
    return new ConnectorError('invalid', 'The address cannot be written to with this mail server.', details);
  }
  if (responseCode > 0)
    return new ConnectorError('transient', `The mail server asks to try again later.${said}`, details);
  return new ConnectorError('transient', `The mail server cannot be reached (${code ?? 'no answer'}).`, details);
}

/** One short line: what a server says is not ours to trust. Long words go, since a link or a token is one. */
function quote(response: string): string {
  return response
    .replace(/[\p{C}\s]+/gu, ' ')
    .replace(/[\w=-]{30,}/g, '…')
    .trim()
    .slice(0, 300);
}
