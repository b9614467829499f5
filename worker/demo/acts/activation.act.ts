import { firstDay, OMAR } from '../feed/people.js';
import { insist } from '../stage/stage.js';
import { ActivationPage } from '../witnesses/activation-page.js';
import type { Scene } from './scene.js';

/** Guessable: his own names. */
const WEAK = 'OmarHaddad1';

/** Mails arrive, and one of the people sets a password with what the mail says. */
export async function activation(scene: Scene, password: string): Promise<void> {
  const { stage, mailbox, roster, ad, entra } = scene;
  stage.begin('The activation mails arrive, and Omar chooses his password');
  const omar = roster.person(OMAR);

  await stage.expect(
    'everybody has one activation mail at their private address',
    async () => {
      const to = (await mailbox.mails()).map((mail) => mail.to);
      const missing = firstDay.filter(({ personalMail }) => !to.includes(personalMail));
      insist(missing.length === 0, `${missing.length} are still without.`);
      insist(to.length === firstDay.length, `There are ${to.length} mails for ${firstDay.length} people.`);
    },
    { detail: () => `${firstDay.length} mails` },
  );

  const link = await stage.expect('Omar’s mail has a link', async () => {
    const found = await mailbox.link(omar.personalMail);
    insist(found !== undefined, 'There is no link in it.');
    return found;
  });
  const userName = (await ad.accounts()).get(OMAR)?.userPrincipalName ?? '';
  const page = new ActivationPage();
  await stage.expect(
    'the link opens the page',
    async () => {
      const { status, title } = await page.open(link);
      insist(status === 200, `It answered ${status}: ${title}`);
      return title;
    },
    { detail: (title) => `“${title}”` },
  );
  const problems = await stage.expect('a password that is easy to guess is refused, with the reason', async () => {
    const refused = await page.send(WEAK);
    insist(refused.status === 422 && refused.problems.length > 0, `It answered ${refused.status}.`);
    return refused.problems;
  });
  stage.tell(problems.join(' '));
  const chosen = await page.send(password);
  const steps = await stage.expect('a good one is taken, and the page says how it goes', async () => {
    const status = await page.open(chosen.url);
    insist(status.title === 'Your password is set', `${status.title}: ${status.problems.join(' ')}`);
    return status.steps;
  });
  for (const { directory, said } of steps) stage.tell(`${directory}: ${said}`);

  await stage.expect(`${userName} signs in to Active Directory with it, by LDAPS`, async () => {
    insist(await ad.canSignIn(userName, password), 'The bind was refused.');
  });
  await stage.expect('another password does not work', async () => {
    insist(!(await ad.canSignIn(userName, `${password}!`)), 'The bind went through.');
  });
  await stage.expect('the same password works in Entra ID', async () => {
    const { ok, refusal } = await entra.signIn(userName, password);
    insist(ok, String(refusal));
  });
  await stage.expect('the link works only once', async () => {
    const { status } = await new ActivationPage().open(link);
    insist(status === 410, `It answered ${status}.`);
  });
}
