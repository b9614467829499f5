import { createTransport } from 'nodemailer';
import { type MailCatcher, startMailCatcher } from './mail-catcher.js';

describe('the mail catcher', () => {
  let catcher: MailCatcher;

  beforeAll(async () => {
    catcher = await startMailCatcher();
  });

  afterAll(() => catcher?.stop());

  it('takes a mail and lists it', async () => {
    await createTransport(catcher.smtpUrl).sendMail({
      from: 'tenure@example.test',
      to: 'zoë@example.test',
      subject: 'Willkommen, Zoë',
      text: 'Guten Tag',
    });
    const answer = await fetch(`${catcher.webUrl}/email`);
    expect(await answer.json()).toMatchObject([{ subject: 'Willkommen, Zoë', to: [{ address: 'zoë@example.test' }] }]);
  });

  it('has a page that its scripts come with', async () => {
    const page = await (await fetch(catcher.webUrl)).text();
    const script = /<script[^>]+src="([^"]+)"/.exec(page)?.[1] ?? 'none';
    expect((await fetch(new URL(script, `${catcher.webUrl}/`))).status).toBe(200);
  });
});
