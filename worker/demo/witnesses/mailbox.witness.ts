/** A mail as the catcher shows it. */
export interface CaughtMail {
  to: string;
  subject: string;
  text: string;
}

interface MaildevMail {
  to?: { address: string }[];
  subject?: string;
  text?: string;
}

/** Reads the mail catcher's inbox. */
export class MailboxWitness {
  constructor(private readonly webUrl: string) {}

  async mails(): Promise<CaughtMail[]> {
    const answer = await fetch(`${this.webUrl}/api/email`);
    if (!answer.ok) throw new Error(`The mail catcher answered ${answer.status}.`);
    const mails = (await answer.json()) as MaildevMail[];
    return mails.map(({ to, subject, text }) => ({
      to: to?.[0]?.address ?? '',
      subject: subject ?? '',
      text: text ?? '',
    }));
  }

  /** The link in the newest mail to an address; undefined while there is none. */
  async link(address: string): Promise<string | undefined> {
    const mail = (await this.mails()).filter(({ to }) => to === address).at(-1);
    return mail && /https?:\/\/\S+\/activate\?token=\S+/.exec(mail.text)?.[0];
  }
}
