import { change } from '../feed/hr-feed.js';
import { LEILANI, OLGA, OMAR } from '../feed/people.js';
import { insist } from '../stage/stage.js';
import { accepted, asHrSays, done, type Scene, seen } from './scene.js';

const DAY_MS = 86_400_000;

/** One leaves today, one in thirty days, and one at once. */
export async function leavers(scene: Scene, password: string): Promise<void> {
  const { stage, roster, tenure, ad, entra } = scene;
  stage.begin('Olga leaves, Leilani will in 30 days, and Omar has to be out at once');

  const effectiveAt = new Date(Date.now() + 30 * DAY_MS).toISOString();
  const [olga = '', leilani = ''] = await accepted(scene, [
    change('leaver', OLGA),
    change('leaver', LEILANI, {}, { effectiveAt }),
  ]);
  roster.change(OLGA, { left: true });
  await done(scene, [olga], 'Olga’s leave is done');
  await stage.expect('Leilani’s waits on a timer, and she works on', async () => {
    const { event } = await tenure.follow(leilani);
    insist(event.state === 'accepted', `Her event is ${event.state}.`);
  });

  const userName = (await ad.accounts()).get(OMAR)?.userPrincipalName ?? '';
  insist(await ad.canSignIn(userName, password), 'Omar could not sign in before he left.');
  const sent = Date.now();
  await accepted(scene, [change('leaver', OMAR, {}, { urgent: true })]);
  roster.change(OMAR, { left: true });
  const isOut = async (): Promise<number> => {
    const both = await seen(scene);
    insist(!both.ad.get(OMAR)?.enabled, 'He is enabled in Active Directory.');
    insist(!both.entra.get(OMAR)?.enabled, 'He is enabled in Entra ID.');
    return Date.now() - sent;
  };
  await stage.expect('Omar is disabled in both directories', isOut, {
    everyMs: 10,
    detail: (ms) => `${ms} ms after HR’s request`,
  });
  await stage.expect('his password opens Active Directory no more', async () => {
    insist(!(await ad.canSignIn(userName, password)), 'The bind went through.');
  });
  await stage.expect('nor Entra ID', async () => {
    const { ok } = await entra.signIn(userName, password);
    insist(!ok, 'He was signed in.');
  });
  await asHrSays(scene, 'those who left are in no group any more, and the others as before');
}
