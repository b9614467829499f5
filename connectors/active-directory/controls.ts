import { type BerWriter, Control } from 'ldapts';

const OCTET_STRING = 4;

/** A critical request control whose value is fixed bytes, or which has none. */
class FixedControl extends Control {
  constructor(
    oid: string,
    readonly value?: Buffer,
  ) {
    super(oid, { critical: true });
  }

  protected override writeControl(writer: BerWriter): void {
    if (this.value) writer.writeBuffer(this.value, OCTET_STRING);
  }
}

/** Shows removed objects (MS-ADTS 3.1.1.3.4.1.14, LDAP_SERVER_SHOW_DELETED_OID). */
export const showDeleted = () => new FixedControl('1.2.840.113556.1.4.417');

/** Gives distinguished names as `<GUID=…>;<SID=…>;CN=…` with readable ids (MS-ADTS 3.1.1.3.4.1.5, flag 1). */
export const extendedDn = () => new FixedControl('1.2.840.113556.1.4.529', Buffer.from('3003020101', 'hex'));

/** Of a security descriptor only the rights, which need no privilege (MS-ADTS 3.1.1.3.4.1.11, flag 4: DACL). */
export const rightsOnly = () => new FixedControl('1.2.840.113556.1.4.801', Buffer.from('3003020104', 'hex'));
