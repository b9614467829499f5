import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { type MailCatcher, startMailCatcher } from './mail-catcher.js';

describe('the mail catcher', () => {
  let catcher: MailCatcher;

  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-mail-'));
    catcher = await startMailCatcher({ folder });
  });

  afterAll(async () => {
    await catcher?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const listed = async () => (await fetch(`${catcher.webUrl}/api/email`)).json();

  it('takes a mail and lists it, also after a restart', async () => {
    await createTransport(catcher.smtpUrl).sendMail({
      from: 'tenure@example.test',
      to: 'zoë@example.test',
      subject: 'Willkommen, Zoë',
      text: 'Guten Tag',
    });
    const mail = { subject: 'Willkommen, Zoë', to: [{ address: 'zoë@example.test' }] };
    expect(await listed()).toMatchObject([mail]);

    await catcher.stop();
    catcher = await startMailCatcher({ folder });
    expect(await listed()).toMatchObject([mail]);
  });

  it('has a page that its scripts come with', async () => {
    const page = await (await fetch(catcher.webUrl, { headers: { accept: 'text/html' } })).text();
    const script = /<script[^>]+src="([^"]+)"/.exec(page)?.[1] ?? 'none';
    expect((await fetch(new URL(script, `${catcher.webUrl}/`))).status).toBe(200);
  });
});
