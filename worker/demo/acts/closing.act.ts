import { SOURCE } from '../feed/hr-feed.js';
import { OLGA } from '../feed/people.js';
import { insist } from '../stage/stage.js';
import { asHrSays, type Scene } from './scene.js';

/** All of it once more, from the outside: directories, mails and report. */
export async function closing(scene: Scene): Promise<void> {
  const { stage, roster, tenure, mailbox } = scene;
  stage.begin('At the end');
  await asHrSays(scene, `all ${roster.size} people stand in both directories as HR says`);
  await stage.expect(
    'nobody got a mail twice',
    async () => {
      const to = (await mailbox.mails()).map((mail) => mail.to);
      // Who comes back chooses a new password.
      insist(to.length === roster.size + 1, `There are ${to.length} mails for ${roster.size} people.`);
      insist(to.filter((address) => address === roster.person(OLGA).personalMail).length === 2, 'Olga has not two.');
      insist(new Set(to).size === roster.size, 'Somebody got two.');
    },
    { detail: () => `${roster.size + 1} mails, Olga’s second one for her return` },
  );
  await stage.expect('no operation of HR’s events is open, and none has failed', async () => {
    const rows = await tenure.report({ outcome: 'planned,waiting,failed,skipped' });
    const open = rows.filter(({ operation, source }) => operation !== 'delete-account' && source === SOURCE);
    insist(open.length === 0, `${open.length} rows, such as ${JSON.stringify(open[0])}`);
  });
}
