import type { GroupConnector, Op } from '../../connectors/contract/connector.js';

/** How long a group's anchor is remembered: long enough for a bulk of joiners, short enough for a group made anew. */
const REMEMBERED_MS = 60_000;
/** Groups that a policy names are few; this only keeps a mistake from growing without end. */
const REMEMBERED_AT_MOST = 10_000;

/** Anchors of groups by the name that the policy uses, so that a thousand joiners do not look one group up a thousand times. */
export class GroupIds {
  private readonly known = new Map<string, { id: string; until: number }>();

  /** The group's anchor; `undefined` when the directory has no such group. */
  async find(connector: GroupConnector, directory: string, reference: string, op: Op): Promise<string | undefined> {
    const key = JSON.stringify([directory, reference]);
    const known = this.known.get(key);
    if (known && known.until > Date.now()) return known.id;
    const group = await connector.findGroup(op, reference);
    if (!group) return undefined;
    if (this.known.size >= REMEMBERED_AT_MOST) this.known.clear();
    this.known.set(key, { id: group.id, until: Date.now() + REMEMBERED_MS });
    return group.id;
  }

  /** Forgets a group that turned out to be gone. */
  forget(directory: string, reference: string): void {
    this.known.delete(JSON.stringify([directory, reference]));
  }
}
