import { createTransport, type SentMessageInfo } from 'nodemailer';
import { startTestMailServer, type TestMailServer } from './mail.js';

describe('the mail server of a suite', () => {
  let server: TestMailServer;

  beforeAll(async () => {
    server = await startTestMailServer();
  });

  afterEach(() => server.clear());

  afterAll(() => server.stop());

  const send = (to: string): Promise<SentMessageInfo> =>
    createTransport(server.url).sendMail({
      from: 'Tenure <tenure@example.test>',
      to,
      subject: `For ${to}`,
      text: 'Grüße',
      html: '<p>Grüße</p>',
      headers: { 'X-Tenure-Event': 'event-7' },
    });

  it('keeps a mail as it was sent and tells who waits for it', async () => {
    const waiting = server.waitFor(({ to }) => to.includes('ada@example.test'));
    await send('ada@example.test');
    const mail = await waiting;
    expect(mail).toMatchObject({
      envelope: { from: 'tenure@example.test', to: ['ada@example.test'] },
      subject: 'For ada@example.test',
      text: 'Grüße',
      html: '<p>Grüße</p>',
    });
    expect(mail.header('x-tenure-event')).toBe('event-7');
    expect(mail.messageId).toMatch(/^<.+@.+>$/);
  });

  it('says which mails came when the awaited one does not', async () => {
    await send('ada@example.test');
    await expect(server.waitFor(({ to }) => to.includes('bob@example.test'), 10)).rejects.toThrow(
      'No such mail came within 10 ms. Those that came: ada@example.test: For ada@example.test.',
    );
  });

  it('refuses with the code it is told, until it is told to take mail again', async () => {
    server.refuse(451);
    await expect(send('ada@example.test')).rejects.toMatchObject({ responseCode: 451 });
    server.refuse(550);
    await expect(send('ada@example.test')).rejects.toMatchObject({ responseCode: 550 });
    expect(server.messages()).toEqual([]);
    server.refuse(undefined);
    await send('ada@example.test');
    expect(server.messages()).toHaveLength(1);
  });

  it('takes a mail without saying so', async () => {
    server.dropAfterData(1);
    await expect(send('ada@example.test')).rejects.toThrow(/closed/i);
    expect(server.messages()).toHaveLength(1);
    await send('bob@example.test');
    expect(server.messages()).toHaveLength(2);
  });

  it('refuses connections while stopped, and starts again on the same port', async () => {
    await server.stop();
    await expect(send('ada@example.test')).rejects.toMatchObject({ code: expect.stringMatching(/ECONN|ESOCKET/) });
    await server.start();
    await send('ada@example.test');
    expect(server.messages()).toHaveLength(1);
  });
});
