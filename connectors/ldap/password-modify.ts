import { BerWriter } from 'ldapts';

/** The password-modify extended operation (RFC 3062). */
export const PASSWORD_MODIFY = '1.3.6.1.4.1.4203.1.11.1';

/** `PasswdModifyRequestValue` with the account's name [0] and the new password [2] (RFC 3062 section 2). */
export function passwordModifyValue(dn: string, password: string): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeString(dn, 0x80);
  writer.writeString(password, 0x82);
  writer.endSequence();
  return writer.buffer;
}
