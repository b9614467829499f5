import { change } from '../feed/hr-feed.js';
import { OLGA } from '../feed/people.js';
import { insist } from '../stage/stage.js';
import { accepted, asHrSays, done, type Scene, seen } from './scene.js';

/** Somebody comes back. */
export async function rehire(scene: Scene): Promise<void> {
  const { stage, roster } = scene;
  stage.begin('Olga comes back');
  const before = await seen(scene);
  const ids = await accepted(scene, [change('rehire', OLGA, { title: 'Senior Accountant' })]);
  roster.change(OLGA, { left: false, title: 'Senior Accountant' });
  await done(scene, ids, 'her return is done');
  const after = await asHrSays(scene, 'she is enabled, and back in her groups', [{ personId: OLGA }]);
  await stage.expect(
    'it is the account that she had, in both directories',
    () => {
      const [was, is] = [before, after].map(({ ad, entra }) => [ad.get(OLGA)?.anchor, entra.get(OLGA)?.id]);
      insist(is?.every((anchor, i) => anchor !== undefined && anchor === was?.[i]) === true, `${was} became ${is}.`);
    },
    { detail: () => `objectGUID and Entra ID’s id are the same` },
  );
}
