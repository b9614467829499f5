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
  await stage.expect('the report has no operation that is open, and none that failed', async () => {
    const rows = await tenure.report({ outcome: 'planned,waiting,failed' });
    // What is planned for the end of a grace period is not due.
    const [left, ...more] = rows.filter(({ operation }) => operation !== 'delete-account');
    insist(
      left === undefined,
      `${left?.operation} of ${left?.endUser.personId} in ${left?.application} is ${left?.outcome} (${left?.reason}), and ${more.length} more.`,
    );
  });
}
