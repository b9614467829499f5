import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChildExit, startChild, untilListening } from './child.js';
import { freePort, requirePort } from './free-port.js';

/** How the mail catcher of the demo runs. */
export interface MailCatcherOptions {
  /** Mails are kept there, also over a restart. */
  folder: string;
  /** Default: free ones. */
  smtpPort?: number;
  webPort?: number;
  log?: (line: string) => void;
}

/** A running mail catcher: an SMTP server that delivers nothing and shows what it got on a web page. */
export interface MailCatcher {
  /** smtp://127.0.0.1:port */
  smtpUrl: string;
  /** Its web page. */
  webUrl: string;
  pid: number;
  /** Resolves when it has ended, whatever the reason. */
  exited: Promise<ChildExit>;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Starts maildev (https://maildev.github.io/maildev/), a development dependency: the demo's, never production's.
 * @throws Error with one sentence when it is not installed or a chosen port is taken
 */
export async function startMailCatcher(options: MailCatcherOptions): Promise<MailCatcher> {
  const program = await maildevProgram();
  const remedy = 'choose another one for it';
  if (options.smtpPort !== undefined) await requirePort(options.smtpPort, 'the mail catcher', remedy);
  if (options.webPort !== undefined) await requirePort(options.webPort, "the mail catcher's page", remedy);
  const smtpPort = options.smtpPort ?? (await freePort());
  const webPort = options.webPort ?? (await freePort());
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const args = [
    '--mail-directory',
    options.folder,
    '--ip',
    HOST,
    '--smtp',
    String(smtpPort),
    '--web-ip',
    HOST,
    '--web',
    String(webPort),
  ];
  const child = await startChild({
    name: 'The mail catcher',
    command: process.execPath,
    args: [program, ...args],
    ready: async (signal) => {
      await untilListening(smtpPort, HOST, signal);
      await untilListening(webPort, HOST, signal);
    },
    stopTimeout: 3_000,
    log: options.log,
  });
  return {
    smtpUrl: `smtp://${HOST}:${smtpPort}`,
    webUrl: `http://${HOST}:${webPort}`,
    pid: child.pid,
    exited: child.exited,
    stop: () => child.stop(),
  };
}

/** maildev exports its library to ES modules only; its program is found by its place. */
async function maildevProgram(): Promise<string> {
  for (const folder of require.resolve.paths('maildev') ?? []) {
    const program = join(folder, 'maildev/dist/bin/maildev.js');
    const found = await access(program).then(
      () => true,
      () => false,
    );
    if (found) return program;
  }
  throw new Error('The mail catcher (npm package maildev) is not installed: run "npm ci" without --omit=dev.');
}
