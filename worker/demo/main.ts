import { join } from 'node:path';
import { Command } from 'commander';
import { untilAskedToStop } from '../service/stop-signals.js';
import { type RunningDemo, startDemo } from './demo.js';
import { type DemoHome, prepareDemoHome } from './demo-home.js';
import { play } from './play.js';
import { DemoScreen } from './stage/demo-screen.js';
import { perform, STATUS } from './stage/performance.js';
import { StageOutput } from './stage/stage-output.js';

interface Options {
  exit?: boolean;
  keep?: boolean;
  withSamba?: boolean;
  standIn?: boolean;
}

/* `npm run demo`: the whole service with directories of its own, an HR feed, and expectations that are checked. */

async function main(): Promise<number> {
  const options = readOptions();
  const stopped = untilAskedToStop();
  const out = new StageOutput();
  const screen = new DemoScreen(out);
  const say = (line: string): void => out.line(line);
  const home = await prepareDemoHome(process.env.TENURE_HOME || './.tenure', options.keep === true);
  try {
    const choice = { withSamba: options.withSamba === true, standIn: options.standIn === true };
    const demo = await startDemo(home, choice, screen, say);
    screen.makeWay();
    try {
      const stop = new AbortController();
      void stopped.then(() => stop.abort());
      const status = options.keep ? STATUS.held : await perform((stage) => play(demo, stage, out), out, stop.signal);
      if (status === STATUS.failed) say(`The logs of all parts are in ${join(home.folder, 'logs')}.`);
      if (status === STATUS.stopped) return status;
      if (!options.exit) {
        lookAround(demo, home, say);
        say('\nCtrl-C stops it.');
        await stopped;
      }
      return status;
    } finally {
      say('\nStopping…');
      await demo.service.stop();
      say('Stopped.');
    }
  } finally {
    home.release();
  }
}

function readOptions(): Options {
  return new Command('npm run demo --')
    .description('Shows Tenure at work: everything embedded, an HR feed, two directories, and what came of it.')
    .option('--exit', 'end when the feed has been played: status 0 when every expectation held')
    .option('--keep', 'start with what the last demo left, and play nothing')
    .option('--with-samba', 'install Samba first (as root on Debian), for a real Active Directory')
    .option('--stand-in', 'take the stand-in for Active Directory even where Samba is installed')
    .parse()
    .opts<Options>();
}

function lookAround({ service, ad }: RunningDemo, home: DemoHome, say: (line: string) => void): void {
  const { addresses, settings } = service;
  const { url, adminDn, adminPassword } = ad.access();
  const api = addresses.apiUrl;
  say(
    [
      '',
      'Look around',
      `  API document      ${api}/api/v1/docs`,
      `  Temporal UI       ${addresses.temporalUiUrl}   (to read payloads, sign in first: ${api}/api/v1/session)`,
      `  Mail inbox        ${addresses.mailUrl}`,
      `  Admin token       ${settings.adminToken}`,
      `  Report            curl -H 'Authorization: Bearer ${settings.adminToken}' '${api}/api/v1/reports/provisioning?format=csv'`,
      `  Active Directory  ${url}, ${adminDn}, ${adminPassword}`,
      `  State and logs    ${home.folder}`,
    ].join('\n'),
  );
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    console.error(`\nThe demo cannot start: ${error.message}`);
    process.exitCode = 1;
  },
);
