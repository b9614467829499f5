import { badRecord, joiner } from '../feed/hr-feed.js';
import { ANNAS, firstDay, JOSES, LUCIA, WANG_WEI } from '../feed/people.js';
import { nameOf } from '../feed/roster.js';
import { insist } from '../stage/stage.js';
import { columns } from '../stage/text-width.js';
import { asHrSays, done, idsOf, type Scene } from './scene.js';

/** The first day: people join, one record is bad, and HR sends the same file twice. */
export async function joiners(scene: Scene): Promise<void> {
  const { stage, tenure, roster } = scene;
  const events = firstDay.map(joiner);
  events.splice(12, 0, badRecord());
  stage.begin(`HR sends ${events.length} joiners, in no order, and one record is bad`);

  const results = await tenure.send(events);
  const good = results.filter(({ status }) => status === 202);
  const bad = results.find(({ status }) => status === 400);
  const refusal = await stage.expect('the bad record is refused with a sentence that says why', () => {
    insist(bad?.problem !== undefined, 'It was not refused.');
    return bad.problem.detail;
  });
  stage.tell(refusal);
  await stage.expect(
    'it holds up nobody else',
    () => {
      insist(good.length === firstDay.length, `${good.length} of ${firstDay.length} were accepted.`);
    },
    { detail: () => `${good.length} accepted` },
  );
  await stage.expect(
    'the same file sent again changes nothing',
    async () => {
      const again = (await tenure.send(events)).filter(({ status }) => status === 200);
      insist(again.length === firstDay.length, `${again.length} of ${firstDay.length} were known.`);
    },
    { detail: () => `${firstDay.length} × 200` },
  );

  roster.join(firstDay);
  await done(scene, idsOf(good), 'every joiner is provisioned');
  const both = await asHrSays(scene, 'both directories have them: place, name, groups, manager', firstDay);
  const rows = [LUCIA, ...ANNAS, ...JOSES, WANG_WEI].map((personId) => {
    const account = both.ad.get(personId);
    return [personId, account?.sAMAccountName ?? '', account?.userPrincipalName ?? '', nameOf(roster.person(personId))];
  });
  for (const line of columns(rows)) stage.tell(line);
}
