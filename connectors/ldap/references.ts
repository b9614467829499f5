import type { Change, Entry } from 'ldapts';
import { ConnectorError } from '../contract/connector-error.js';
import { type AccountEntry, anchorOf } from './accounts.js';
import { writeTo } from './anchored-writes.js';
import { sameDn } from './distinguished-names.js';
import { resultCode } from './errors.js';
import { equals } from './filters.js';
import { groupBase, groupFilter, memberValue, type Named, takeOut, valueChange } from './members.js';
import type { Session, Target } from './session.js';

/** One attribute of one entry that names the account, by its DN or its uid. */
interface Reference {
  target: Required<Target>;
  attribute: string;
  was: string;
  /** What it has to be when the account is called otherwise. */
  becomes(now: Named): string;
  remove(): Promise<void>;
}

/** Where an account is named: as a member of groups, and as a manager. */
export interface References {
  /** Names the account anew in each place, after it was renamed or moved. */
  follow(now: Named): Promise<void>;
  /** Takes its name out of each place. */
  drop(): Promise<void>;
}

/**
 * Looks up who refers to an account. Directories with referential integrity (slapo-refint(5)) correct such references by
 * themselves, some moments later; then nothing, or nothing more, is to be done here. To others this is the only help.
 */
export async function findReferences(session: Session, account: AccountEntry): Promise<References> {
  const found = [...(await asMember(session, account)), ...(await asManager(session, account))];
  const each = async (correct: (reference: Reference) => Promise<void>) => {
    for (const reference of found) await tolerant(session, reference, () => correct(reference));
  };
  return {
    follow: (now) => each((reference) => rename(session, reference, account, now)),
    drop: () => each(({ remove }) => remove()),
  };
}

async function asMember(session: Session, account: AccountEntry): Promise<Reference[]> {
  const { settings } = session;
  const attribute = settings.groups.memberAttribute;
  const was = memberValue(settings, account);
  if (was === undefined) return [];
  const entries = await session.search(groupBase(settings), {
    scope: 'sub',
    filter: groupFilter(settings, equals(attribute, was)),
    attributes: ['entryUUID'],
  });
  return entries.map((entry) => {
    const target = targetOf(session, entry);
    const becomes = (now: Named) => memberValue(settings, now) ?? was;
    return { target, attribute, was, becomes, remove: () => takeOut(session, target, was) };
  });
}

async function asManager(session: Session, { dn }: AccountEntry): Promise<Reference[]> {
  const entries = await session.search(session.settings.baseDn, {
    scope: 'sub',
    filter: equals('manager', dn),
    attributes: ['entryUUID'],
  });
  return entries.map((entry) => {
    const target = targetOf(session, entry);
    const remove = () => change(session, target, valueChange('delete', 'manager', dn));
    return { target, attribute: 'manager', was: dn, becomes: (now: Named) => now.dn, remove };
  });
}

function targetOf({ settings }: Session, entry: Entry): Required<Target> {
  return { dn: entry.dn, id: anchorOf(settings, entry) };
}

async function rename(session: Session, reference: Reference, account: AccountEntry, now: Named): Promise<void> {
  const { attribute, was, target } = reference;
  const becomes = reference.becomes(now);
  if (becomes === was) return;
  // Whoever is their own manager has the new name, too.
  if (sameDn(target.dn, account.dn)) target.dn = now.dn;
  const [add, remove] = [valueChange('add', attribute, becomes), valueChange('delete', attribute, was)];
  try {
    await change(session, target, add, remove);
  } catch (error) {
    if (resultCode(error) !== 20) throw error;
    await change(session, target, remove);
  }
}

function change(session: Session, target: Required<Target>, ...changes: Change[]): Promise<void> {
  return writeTo(session, target, (to) => session.modify(to, changes));
}

/** The directory's own correction, or somebody else's, may come first; a right that is lacking stops nothing here. */
async function tolerant(session: Session, { target, attribute, was }: Reference, correct: () => Promise<void>) {
  try {
    await correct();
  } catch (error) {
    const isDone = [16, 20, 32].includes(resultCode(error) ?? -1);
    if (isDone || (error instanceof ConnectorError && error.category === 'not-found')) return;
    const isRefused =
      resultCode(error) === 50 || (error instanceof ConnectorError && error.category === 'misconfigured');
    if (!isRefused) throw session.error(error, `correct ${attribute} of ${target.dn}`);
    const fields = { operation: session.op.id, directory: session.settings.directory, dn: target.dn };
    session.op.log.warn(fields, `${attribute} still names ${was}: ${(error as Error).message}`);
  }
}
