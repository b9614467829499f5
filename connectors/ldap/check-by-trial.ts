import { Attribute, Change } from 'ldapts';
import type { CheckItem } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import { stateChange } from './account-state.js';
import { anchorOf, requireAccount } from './accounts.js';
import { connectTo } from './connection.js';
import { childDn } from './distinguished-names.js';
import { resultCode } from './errors.js';
import { groupBase, groupFilter, valueChange } from './members.js';
import { randomPassword } from './password-hash.js';
import { setPassword } from './passwords.js';
import type { Session } from './session.js';

/** Names the entry on which rights are tried. Always the same, so that an interrupted trial leaves one at most. */
const NAME = 'tenure-check';

/** Tries each right on an account made for it, which is gone again at the end. */
export async function checkByTrial(session: Session): Promise<CheckItem[]> {
  const trial = new Trial(session);
  const isLeft = (await session.entry(trial.dn, ['1.1'])) !== undefined;
  if (isLeft && !(await trial.remove())) return trial.items;
  trial.items.length = 0;
  if (!(await trial.step('create accounts', 'create accounts', () => trial.create()))) return trial.items;
  try {
    await trial.step('change accounts', `write ${trial.written.join(', ')}`, () => trial.change());
    await trial.step('disable accounts', 'disable and enable accounts', () => trial.disable());
    const password = randomPassword();
    if (await trial.step('set passwords', 'set passwords', () => trial.password(password))) {
      await trial.guard('passwords sign in', () => trial.signIn(password));
    }
    await trial.guard('change groups', () => trial.group());
  } finally {
    await trial.remove();
  }
  return trial.items;
}

class Trial {
  readonly items: CheckItem[] = [];
  readonly dn: string;
  readonly written = ['displayName', 'givenName', 'manager'];

  constructor(readonly session: Session) {
    const { rdnAttribute, container } = session.settings;
    this.dn = childDn([{ type: rdnAttribute, value: NAME }], container);
  }

  /** Does one thing and notes whether it could be done. */
  step(name: string, what: string, attempt: () => Promise<void>): Promise<boolean> {
    const { bindDn, container } = this.session.settings;
    return this.guard(name, async () => {
      await attempt();
      this.items.push({ name, ok: true, message: `${bindDn} may ${what} in ${container}.` });
    });
  }

  /** Does something that notes by itself what it found, and notes where it could not be done. */
  async guard(name: string, attempt: () => Promise<void>): Promise<boolean> {
    try {
      await attempt();
      return true;
    } catch (error) {
      const { message } = this.session.error(error, `do what "${name}" checks in ${this.session.settings.container}`);
      this.items.push({ name, ok: false, message });
      return false;
    }
  }

  /** Removes the entry; says that it is left where that cannot be done. */
  async remove(): Promise<boolean> {
    const isRemoved = await this.step('remove accounts', 'remove accounts', () => this.session.delete({ dn: this.dn }));
    const last = this.items.at(-1);
    if (last && !isRemoved) last.message += ` The entry ${this.dn} of this check is left there.`;
    return isRemoved;
  }

  async create(): Promise<void> {
    const { objectClasses, rdnAttribute } = this.session.settings;
    const isPosix = objectClasses.some((name) => name.toLowerCase() === 'posixaccount');
    const values: Record<string, string | string[]> = {
      objectClass: objectClasses,
      cn: NAME,
      sn: NAME,
      ...(isPosix && { uid: NAME, uidNumber: '65533', gidNumber: '65533', homeDirectory: '/nonexistent' }),
      [rdnAttribute]: NAME,
    };
    const attributes = Object.entries(values).map(([type, value]) => new Attribute({ type, values: [value].flat() }));
    await this.session.add(this.dn, attributes);
  }

  async change(): Promise<void> {
    const values = [NAME, NAME, this.dn];
    const changes = this.written.map((type, index) => {
      const modification = new Attribute({ type, values: [values[index] as string] });
      return new Change({ operation: 'replace', modification });
    });
    await this.session.modify({ dn: this.dn }, changes);
  }

  async disable(): Promise<void> {
    const { settings } = this.session;
    await this.session.modify({ dn: this.dn }, [stateChange(settings, false)]);
    await this.session.modify({ dn: this.dn }, [stateChange(settings, true)]);
  }

  async password(password: string): Promise<void> {
    const { settings } = this.session;
    const entry = await this.session.entry(this.dn, ['entryUUID']);
    if (!entry) throw new ConnectorError('forbidden', `What was made in ${settings.container} cannot be read.`);
    const id = anchorOf(settings, entry);
    await setPassword(this.session, id, password);
    if (settings.password.by !== 'attribute') return;
    const { attribute } = settings.password;
    const { values } = await requireAccount(this.session, id, [attribute]);
    if (values.get(attribute.toLowerCase())?.includes(password)) {
      throw new ConnectorError(
        'misconfigured',
        `Directory "${settings.directory}" keeps ${attribute} in plain text: let it hash what it is sent (OpenLDAP: "ppolicy_hash_cleartext"), or choose another "password.scheme".`,
      );
    }
  }

  /** Whether the password that was set signs in, and no longer does on a disabled account. */
  async signIn(password: string): Promise<void> {
    const { settings } = this.session;
    const signsIn = await this.#signsIn(password);
    this.items.push({
      name: 'passwords sign in',
      ok: signsIn,
      message: signsIn
        ? 'A password that was set signs in.'
        : 'A password that was set does not sign in: the server does not know its scheme ("password.scheme"), or its rights do not let accounts authenticate.',
    });
    if (!signsIn || !this.items.every((item) => item.ok)) return;
    await this.session.modify({ dn: this.dn }, [stateChange(settings, false)]);
    const isRefused = !(await this.#signsIn(password));
    const byPolicy =
      'A disabled account still signs in: load the ppolicy overlay, give accounts a policy with pwdLockout TRUE, or choose another way in "disable".';
    const byOthers =
      'A disabled account still signs in to the directory itself: whatever lets people in must look at the attribute that "disable" names.';
    this.items.push({
      name: 'disabled accounts are refused',
      ok: isRefused,
      ...(settings.disable.by !== 'ppolicy' && { optional: true }),
      message: isRefused
        ? 'A disabled account cannot sign in.'
        : settings.disable.by === 'ppolicy'
          ? byPolicy
          : byOthers,
    });
  }

  /** Tells by taking a member out who is none: whoever may not is refused before that is noticed. */
  async group(): Promise<void> {
    const { settings } = this.session;
    const { memberAttribute, memberIs } = settings.groups;
    const [sample] = await this.session.search(groupBase(settings), {
      scope: 'sub',
      filter: groupFilter(settings),
      attributes: ['1.1'],
      atMost: 1,
    });
    const item = { name: 'change groups', optional: true };
    if (!sample) {
      const message = `No ${settings.groups.objectClass} stands below ${groupBase(settings)} yet to tell whether it may be changed.`;
      this.items.push({ ...item, ok: true, message });
      return;
    }
    const value = memberIs === 'dn' ? this.dn : NAME;
    const refusal = await this.session.modify({ dn: sample.dn }, [valueChange('delete', memberAttribute, value)]).then(
      () => undefined,
      (error: unknown) => error,
    );
    const code = resultCode(refusal ?? { code: 0 });
    const ok = code === 0 || code === 16;
    const told = ok ? '' : this.session.error(refusal, `change ${memberAttribute} of ${sample.dn}`).message;
    this.items.push({
      ...item,
      ok,
      message: ok ? `${settings.bindDn} may change ${memberAttribute} of groups.` : told,
    });
  }

  async #signsIn(password: string): Promise<boolean> {
    const { settings, pool } = this.session;
    try {
      const { client } = await connectTo(pool.server, { ...settings, bindDn: this.dn, bindPassword: password });
      await client.unbind();
      return true;
    } catch (error) {
      if (resultCode(error) === undefined) throw this.session.error(error, `let ${this.dn} sign in`);
      return false;
    }
  }
}
