import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail server that takes everything and keeps nothing. */
export interface MailSink {
  url: string;
  taken(): number;
  stop(): Promise<void>;
}

/** Starts one in this process; taking a mail costs little, reading it would not. */
export async function startMailSink(): Promise<MailSink> {
  let taken = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      stream.on('end', () => {
        taken++;
        done();
      });
      stream.resume();
    },
  });
  // A sender that hangs up is no concern of the server's.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    taken: () => taken,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
