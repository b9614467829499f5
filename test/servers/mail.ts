import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail that the server took. */
export interface ReceivedMail {
  /** The envelope's sender and recipients (RFC 5321), which may differ from the headers. */
  envelope: { from: string; to: string[] };
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  messageId: string;
  /** A header's value by its lower-case name; undefined when there is none. */
  header(name: string): string | undefined;
}

/** An SMTP server for tests, in this process: it keeps what it gets and fails when told to. */
export interface TestMailServer {
  /** smtp://127.0.0.1:port */
  url: string;
  /** All mails taken so far, the earliest first. */
  messages(): ReceivedMail[];
  /** The first mail that fits, as soon as it is there. Rejects after `timeout` milliseconds (default 10,000). */
  waitFor(fits: (mail: ReceivedMail) => boolean, timeout?: number): Promise<ReceivedMail>;
  /**
   * Refuses every recipient with an SMTP reply code from now on: 4xx "try later", 5xx "never" (RFC 5321, section 4.2.1).
   * With undefined it takes mail again.
   */
  refuse(code: number | undefined): void;
  /**
   * For the next n mails: takes the mail, keeps it, and cuts the connection before it says so. The sender cannot know
   * whether it was taken.
   */
  dropAfterData(n: number): void;
  /** Forgets the mails taken so far. */
  clear(): void;
  /** Closes the port, so that connections are refused; `start()` opens the same one again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts a mail server on a free port. */
export async function startTestMailServer(): Promise<TestMailServer> {
  const received: ReceivedMail[] = [];
  const waiting = new Set<() => void>();
  let refusal: number | undefined;
  let drops = 0;
  let server: SMTPServer | undefined;
  let port = 0;

  const build = (): SMTPServer =>
    new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 100,
      onRcptTo: (_address, _session, done) => {
        done(refusal === undefined ? null : Object.assign(new Error('Refused by the test'), { responseCode: refusal }));
      },
      onData: (stream, session, done) => {
        simpleParser(stream).then((parsed) => {
          const { mailFrom, rcptTo } = session.envelope;
          received.push(
            present(
              parsed,
              mailFrom ? mailFrom.address : '',
              rcptTo.map(({ address }) => address),
            ),
          );
          for (const look of waiting) look();
          if (drops > 0) {
            drops -= 1;
            cut(server, session.id);
          } else {
            done();
          }
        }, done);
      },
    });

  const start = async (): Promise<void> => {
    const starting = build();
    starting.on('error', () => undefined); // a sender that hangs up is no concern of the server's
    await new Promise<void>((resolve, reject) => {
      const listener = starting.listen(port, HOST, () => {
        listener.off('error', reject);
        const address = listener.address();
        if (typeof address === 'object' && address) port = address.port;
        resolve();
      });
      listener.once('error', reject);
    });
    server = starting;
  };

  await start();
  return {
    url: `smtp://${HOST}:${port}`,
    messages: () => [...received],
    waitFor: (fits, timeout = 10_000) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = received.find(fits);
          if (!found) return;
          finish();
          resolve(found);
        };
        const timer = setTimeout(() => {
          finish();
          const subjects = received.map(({ to, subject }) => `${to}: ${subject}`).join('; ') || 'none';
          reject(new Error(`No such mail came within ${timeout} ms. Those that came: ${subjects}.`));
        }, timeout);
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    refuse: (code) => {
      refusal = code;
    },
    dropAfterData: (n) => {
      drops = n;
    },
    clear: () => {
      received.length = 0;
    },
    stop: async () => {
      const stopping = server;
      server = undefined;
      if (stopping) await new Promise<void>((resolve) => stopping.close(() => resolve()));
    },
    start,
  };
}

function present(mail: ParsedMail, from: string, to: string[]): ReceivedMail {
  return {
    envelope: { from, to },
    from: mail.from?.text ?? '',
    to: addresses(mail.to),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || '',
    messageId: mail.messageId ?? '',
    header: (name) => {
      const line = mail.headerLines.find(({ key }) => key === name)?.line;
      return line?.slice(line.indexOf(':') + 1).trim();
    },
  };
}

function addresses(field: AddressObject | AddressObject[] | undefined): string[] {
  return [field ?? []].flat().flatMap(({ value }) => value.map(({ address }) => address ?? ''));
}

function cut(server: SMTPServer | undefined, id: string): void {
  for (const connection of server?.connections ?? []) {
    if (connection.id === id) connection._socket.destroy();
  }
}
