import { CORP_AD, ENTRA } from '../directories/demo-domain.js';
import { change, joiner } from '../feed/hr-feed.js';
import { duringOutage, GRACE } from '../feed/people.js';
import { insist } from '../stage/stage.js';
import { accepted, asHrSays, done, type Scene } from './scene.js';

/** Entra ID is away for a while. */
export async function outage(scene: Scene): Promise<void> {
  const { stage, roster, tenure, ad, entra, mailbox } = scene;
  stage.begin(`Entra ID stops answering while ${duringOutage.length} people join and Grace leaves`);
  await entra.outage(true);
  const ids = await accepted(scene, [...duringOutage.map(joiner), change('leaver', GRACE)]);
  roster.join(duringOutage);
  roster.change(GRACE, { left: true });

  await stage.expect('Active Directory goes on: they have accounts, and Grace is out', async () => {
    const accounts = await ad.accounts();
    const there = duringOutage.filter(({ personId }) => accounts.get(personId)?.enabled);
    insist(there.length === duringOutage.length, `${there.length} of ${duringOutage.length} are there.`);
    insist(!accounts.get(GRACE)?.enabled, 'Grace is enabled.');
  });
  await stage.expect('the activation mails do not wait', async () => {
    const to = (await mailbox.mails()).map((mail) => mail.to);
    const there = duringOutage.filter(({ personalMail }) => to.includes(personalMail));
    insist(there.length === duringOutage.length, `${there.length} of ${duringOutage.length} have theirs.`);
  });
  const rows = await stage.expect('the report says what waits, and why', async () => {
    const open = await tenure.report({ application: ENTRA, outcome: 'waiting' });
    const people = new Set(open.map(({ endUser }) => endUser.personId));
    insist(people.size === ids.length, `${people.size} of ${ids.length} are reported as waiting.`);
    return open;
  });
  const waiting = rows.find(({ operation }) => operation === 'create-account') ?? rows[0];
  stage.tell(`${waiting?.operation} in ${waiting?.application}, waiting after ${waiting?.attempts} attempts:`);
  stage.tell(`${waiting?.reason}`);
  const failed = await tenure.report({ application: CORP_AD, outcome: 'failed' });
  await stage.expect('nothing failed because of it', () =>
    insist(failed.length === 0, `${failed.length} rows failed.`),
  );

  await entra.outage(false);
  stage.tell('Entra ID answers again. Nobody presses anything.');
  await done(scene, ids, 'everything that waited is done by itself');
  await asHrSays(scene, 'both directories are as HR says');
}
