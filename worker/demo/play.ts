import { activation } from './acts/activation.act.js';
import { closing } from './acts/closing.act.js';
import { crash } from './acts/crash.act.js';
import { joiners } from './acts/joiners.act.js';
import { leavers } from './acts/leavers.act.js';
import { movers } from './acts/movers.act.js';
import { outage } from './acts/outage.act.js';
import { rehire } from './acts/rehire.act.js';
import type { Scene } from './acts/scene.js';
import type { RunningDemo } from './demo.js';
import { Roster } from './feed/roster.js';
import { reportTables } from './report-tables.js';
import type { Stage } from './stage/stage.js';
import type { StageOutput } from './stage/stage-output.js';
import { ActiveDirectoryWitness } from './witnesses/active-directory.witness.js';
import { EntraWitness } from './witnesses/entra.witness.js';
import { MailboxWitness } from './witnesses/mailbox.witness.js';
import { TenureClient } from './witnesses/tenure-client.js';

/** What Omar chooses. It opens nothing outside the demo, and not even that once he has left. */
const PASSWORD = 'violet-Kettle-Harbour-42';

/**
 * Plays the HR feed, and ends with the report.
 * @throws ExpectationFailed, naming what did not come about
 */
export async function play(demo: RunningDemo, stage: Stage, out: StageOutput): Promise<void> {
  const { addresses, settings } = demo.service;
  const ad = new ActiveDirectoryWitness(() => demo.ad.access());
  const entra = new EntraWitness(demo.graph);
  const scene: Scene = {
    stage,
    ad,
    entra,
    roster: new Roster(),
    tenure: new TenureClient(addresses.apiUrl, settings.adminToken),
    mailbox: new MailboxWitness(addresses.mailUrl ?? ''),
    killWorker: demo.killWorker,
  };
  try {
    await joiners(scene);
    await activation(scene, PASSWORD);
    await movers(scene);
    await leavers(scene, PASSWORD);
    await outage(scene);
    await rehire(scene);
    await crash(scene);
    await closing(scene);
    out.line('');
    for (const line of await reportTables(scene.tenure, scene.roster)) out.line(line);
  } finally {
    entra.close();
    await ad.close();
  }
}
