import { BerWriter, Control, type Filter } from 'ldapts';
import type { AccountId } from '../contract/account.js';
import { equals } from './filters.js';

/** The assertion control (RFC 4528), as the root DSE names it. */
export const ASSERTION = '1.3.6.1.1.12';

/** Lets a write happen only to an entry that fits the filter; otherwise the answer is 122. */
class AssertionControl extends Control {
  constructor(readonly filter: Filter) {
    super(ASSERTION, { critical: true });
  }

  protected override writeControl(writer: BerWriter): void {
    const value = new BerWriter();
    this.filter.write(value);
    writer.writeBuffer(value.buffer, 4);
  }
}

/** Lets a write happen only to the entry with that anchor, whoever stands under its name by then. */
export const onlyOn = (id: AccountId) => new AssertionControl(equals('entryUUID', id));
