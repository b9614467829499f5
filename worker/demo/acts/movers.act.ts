import { change } from '../feed/hr-feed.js';
import { BJORN, HENRIK, LUCIA, MARY_ANN, TOMAS } from '../feed/people.js';
import { accepted, asHrSays, done, type Scene, seen } from './scene.js';

/** Two change departments, one marries. */
export async function movers(scene: Scene): Promise<void> {
  const { stage, roster } = scene;
  stage.begin('Björn moves to Sales, Tomáš to Engineering, and Mary Ann marries');
  const changes = {
    [BJORN]: { department: 'Sales', title: 'Sales Engineer', manager: LUCIA },
    [TOMAS]: { department: 'Engineering', title: 'Site Reliability Engineer', manager: HENRIK },
    [MARY_ANN]: { familyName: 'Okonkwo' },
  } as const;

  const before = await seen(scene);
  const ids = await accepted(
    scene,
    Object.entries(changes).map(([personId, changed]) => change('mover', personId, changed)),
  );
  for (const [personId, changed] of Object.entries(changes)) roster.change(personId, changed);
  await done(scene, ids, 'the moves are done');
  const people = Object.keys(changes).map((personId) => ({ personId }));
  const after = await asHrSays(scene, 'places, groups, managers and names have followed in both directories', people);
  stage.tell(`${before.ad.get(BJORN)?.dn}`);
  stage.tell(`→ ${after.ad.get(BJORN)?.dn}`);
  stage.tell(
    `${before.ad.get(MARY_ANN)?.displayName} → ${after.ad.get(MARY_ANN)?.displayName}, still signing in as ${after.ad.get(MARY_ANN)?.userPrincipalName}`,
  );
}
