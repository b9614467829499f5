import { randomInt } from 'node:crypto';

const SIGNS = '!$%&()*+:;<=>?@[]^{}|~';
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** With more than 64 bytes a domain controller takes half as long again to derive the Kerberos keys (RFC 2104). */
const PAIRS = 26;

/**
 * A password that nobody knows: 59 characters, about 270 bits. Signs and letters alternate, so that no part of a name
 * of two or more letters can stand in it by chance, which the complexity rule would refuse (MS-SAMR 3.1.1.7.2).
 */
export function randomPassword(): string {
  const pairs = Array.from({ length: PAIRS }, () => pick(SIGNS) + pick(CHARACTERS)).join('');
  return `${pairs}!A!a!1`;
}

/** As unicodePwd takes it: in quotes, UTF-16LE (MS-ADTS 3.1.1.3.1.5). */
export function unicodePwd(password: string): Buffer {
  return Buffer.from(`"${password}"`, 'utf16le');
}

function pick(from: string): string {
  return from[randomInt(from.length)] as string;
}
