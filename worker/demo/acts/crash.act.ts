import { joiner } from '../feed/hr-feed.js';
import { duringCrash } from '../feed/people.js';
import { insist } from '../stage/stage.js';
import { accepted, asHrSays, done, type Scene } from './scene.js';

/** The worker dies in the middle of its work. */
export async function crash(scene: Scene): Promise<void> {
  const { stage, roster, ad } = scene;
  stage.begin(`${duringCrash.length} more people join, and the worker is killed in the middle (kill -9)`);
  const ids = await accepted(scene, duringCrash.map(joiner));
  roster.join(duringCrash);
  await stage.expect(
    'the first accounts appear',
    async () => {
      const accounts = await ad.accounts();
      insist(
        duringCrash.some(({ personId }) => accounts.has(personId)),
        'None is there.',
      );
    },
    { everyMs: 5 },
  );
  scene.killWorker();
  await done(scene, ids, 'nothing is lost: all of them are provisioned');
  await asHrSays(scene, 'and nothing was done twice');
}
