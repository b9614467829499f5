import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** How the server answers from now on, until it is told otherwise. */
export type MailBehaviour =
  | 'take'
  /** Takes the mail and dies before it says so: what a lost 250 looks like to the sender. */
  | 'take-and-lose-answer'
  /** Answers a command so. */
  | { at: 'auth' | 'recipient' | 'data'; code: number; message: string };

/** A mail server that keeps what it takes. */
export interface TestMail {
  /** For SMTP_URL. */
  url: string;
  /** Everything it took, in order. */
  mails: ParsedMail[];
  /** The same as it came over the wire. */
  raw: string[];
  behave(behaviour: MailBehaviour): void;
  stop(): Promise<void>;
}

/** Starts a mail server on a free port of the loopback interface. */
export async function startTestMail(): Promise<TestMail> {
  let behaviour: MailBehaviour = 'take';
  const mails: ParsedMail[] = [];
  const raw: string[] = [];
  const refusal = (at: 'auth' | 'recipient' | 'data') =>
    typeof behaviour === 'object' && behaviour.at === at
      ? Object.assign(new Error(behaviour.message), { responseCode: behaviour.code })
      : undefined;

  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => {
      const refused = refusal('auth');
      if (refused) done(refused);
      else done(null, { user: 'tenure' });
    },
    onRcptTo: (_address, _session, done) => done(refusal('recipient')),
    onData: (stream, session, done) => {
      const refused = refusal('data');
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refused) return done(refused);
        const message = Buffer.concat(chunks);
        void simpleParser(message).then((mail) => {
          raw.push(message.toString());
          mails.push(mail);
          if (behaviour !== 'take-and-lose-answer') return done();
          for (const connection of server.connections) if (connection.id === session.id) connection.close();
        });
      });
    },
  });
  server.on('error', () => {}); // A client that goes away is no failure of the test.
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;

  return {
    url: `smtp://tenure:secret@127.0.0.1:${port}`,
    mails,
    raw,
    behave: (next) => {
      behaviour = next;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
