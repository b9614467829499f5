import type { FeedPerson } from '../feed/people.js';
import type { Roster, Seen } from '../feed/roster.js';
import { insist, type Stage } from '../stage/stage.js';
import type { ActiveDirectoryWitness } from '../witnesses/active-directory.witness.js';
import type { EntraWitness } from '../witnesses/entra.witness.js';
import type { MailboxWitness } from '../witnesses/mailbox.witness.js';
import type { EventResult, HrEvent, TenureClient } from '../witnesses/tenure-client.js';

/** Everything that an act plays with. */
export interface Scene {
  stage: Stage;
  roster: Roster;
  tenure: TenureClient;
  ad: ActiveDirectoryWitness;
  entra: EntraWitness;
  mailbox: MailboxWitness;
  /** Kills the worker as `kill -9` does. */
  killWorker(): void;
}

/** Sends events that have to be accepted, and returns their ids. */
export async function accepted({ tenure }: Scene, events: HrEvent[]): Promise<string[]> {
  return idsOf(await tenure.send(events));
}

/** The ids of accepted events. */
export function idsOf(results: EventResult[]): string[] {
  return results.map(({ status, event, problem }) => {
    if (!event) throw new Error(`An event was answered with ${status}: ${problem?.detail}`);
    return event.id;
  });
}

/** Expects events to come to a good end. */
export async function done(
  { stage, tenure }: Scene,
  ids: string[],
  sentence: string,
  withinMs = 60_000,
): Promise<void> {
  const open = new Set(ids);
  const look = async (): Promise<void> => {
    for (const id of open) {
      const { event } = await tenure.follow(id);
      if (event.state === 'done') open.delete(id);
      insist(event.state !== 'failed', `an event failed: ${event.reason}`);
    }
    insist(open.size === 0, `${ids.length - open.size} of ${ids.length}`);
  };
  await stage.expect(sentence, look, { withinMs });
}

/** What stands in both directories now. */
export async function seen({ ad, entra }: Scene): Promise<Seen> {
  const [inAd, inEntra] = await Promise.all([ad.accounts(), entra.accounts()]);
  return { ad: inAd, entra: inEntra };
}

/** Expects both directories to say of these people what HR says; of everybody when none are given. */
export async function asHrSays(
  scene: Scene,
  sentence: string,
  people?: readonly Pick<FeedPerson, 'personId'>[],
): Promise<Seen> {
  const { stage, roster } = scene;
  const look = async (): Promise<Seen> => {
    const both = await seen(scene);
    const differences = roster.differences(
      both,
      people?.map(({ personId }) => personId),
    );
    insist(differences.length === 0, `${differences.length} things are not so; ${differences[0]}`);
    return both;
  };
  return stage.expect(sentence, look);
}
