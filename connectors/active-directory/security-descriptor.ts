import { guidFromBytes, sidFromBytes } from './identifiers.js';

/** Bits of an access mask (MS-ADTS 5.1.3.2). */
export const RIGHT_DELETE_CHILD = 0x2;
export const RIGHT_CONTROL_ACCESS = 0x100;
export const RIGHT_DELETE = 0x10000;
const GENERIC_ALL = 0x10000000;
const FULL_CONTROL = 0xf01ff;

/** The class `user` (schemaIDGUID, MS-ADSC 2.262). */
export const USER_CLASS = 'bf967aba-0de6-11d0-a285-00aa003049e2';
/** The right "Reset Password" (MS-ADTS 5.1.3.2.1, User-Force-Change-Password). */
export const RESET_PASSWORD = '00299570-246d-11d0-a768-00aa006e0529';

const OBJECT_INHERITANCE = 0x2; // CONTAINER_INHERIT_ACE: objects below inherit it
const INHERIT_ONLY = 0x8;

/** One line of a list of rights (MS-DTYP 2.4.4). */
interface Ace {
  allows: boolean;
  flags: number;
  mask: number;
  /** The right, property or child class that it is about; all if absent. */
  objectType?: string;
  /** The class of objects below that inherit it; all if absent. */
  inheritedObjectType?: string;
  sid: string;
}

/** The list of rights in a self-relative security descriptor (MS-DTYP 2.4.6); without one everything is allowed. */
export function parseRights(descriptor: Buffer): Ace[] {
  const offset = descriptor.readUInt32LE(16);
  if (offset === 0) return [{ allows: true, flags: OBJECT_INHERITANCE, mask: FULL_CONTROL, sid: 'S-1-1-0' }];
  const count = descriptor.readUInt16LE(offset + 4);
  const aces: Ace[] = [];
  let at = offset + 8;
  for (let index = 0; index < count; index++) {
    const size = descriptor.readUInt16LE(at + 2);
    const ace = parseAce(descriptor.subarray(at, at + size));
    if (ace) aces.push(ace);
    at += size;
  }
  return aces;
}

/** `undefined` for kinds that say nothing about access, and for conditional ones, which nobody can tell from here. */
function parseAce(bytes: Buffer): Ace | undefined {
  const type = bytes[0] ?? 0xff;
  const isObject = type === 5 || type === 6;
  if (type > 1 && !isObject) return undefined;
  const mask = bytes.readUInt32LE(4);
  const present = isObject ? bytes.readUInt32LE(8) : 0;
  let at = isObject ? 12 : 8;
  const guid = (bit: number) => {
    if ((present & bit) === 0) return undefined;
    at += 16;
    return guidFromBytes(bytes.subarray(at - 16, at));
  };
  const objectType = guid(1);
  const inheritedObjectType = guid(2);
  return {
    allows: type === 0 || type === 5,
    flags: bytes[1] ?? 0,
    mask: (mask & GENERIC_ALL) !== 0 ? FULL_CONTROL : mask,
    objectType,
    inheritedObjectType,
    sid: sidFromBytes(bytes.subarray(at)),
  };
}

/**
 * Whether somebody with these SIDs has a right: on the object itself, or on users that are made below it and inherit
 * from it. The first line that speaks about it decides, as in MS-ADTS 5.1.3.3.
 */
export function isAllowed(
  aces: Ace[],
  sids: ReadonlySet<string>,
  right: { mask: number; objectType: string },
  on: 'itself' | 'users below',
): boolean {
  for (const ace of aces) {
    const applies = on === 'itself' ? (ace.flags & INHERIT_ONLY) === 0 : inheritedByUsers(ace);
    if (!applies || !sids.has(ace.sid) || (ace.mask & right.mask) === 0) continue;
    if (ace.objectType === undefined || ace.objectType === right.objectType) return ace.allows;
  }
  return false;
}

function inheritedByUsers({ flags, inheritedObjectType }: Ace): boolean {
  return (flags & OBJECT_INHERITANCE) !== 0 && (inheritedObjectType ?? USER_CLASS) === USER_CLASS;
}
