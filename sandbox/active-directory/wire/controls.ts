import { BerReader, BerWriter } from 'ldapts';
import { adError } from '../directory/ad-error.js';
import { enter, readBytes } from './ldap-filter.js';
import type { LdapRequest, RequestControl } from './ldap-request.js';

/** The controls this directory knows, by AD's names for them (MS-ADTS 3.1.1.3.4.1). */
export const CONTROLS = {
  pagedResults: '1.2.840.113556.1.4.319',
  showDeleted: '1.2.840.113556.1.4.417',
  showRecycled: '1.2.840.113556.1.4.2064',
  showDeactivatedLink: '1.2.840.113556.1.4.2065',
  extendedDn: '1.2.840.113556.1.4.529',
  sdFlags: '1.2.840.113556.1.4.801',
  domainScope: '1.2.840.113556.1.4.1339',
  searchOptions: '1.2.840.113556.1.4.1340',
  rangeRetrievalNoError: '1.2.840.113556.1.4.1948',
  lazyCommit: '1.2.840.113556.1.4.619',
  treeDelete: '1.2.840.113556.1.4.805',
  permissiveModify: '1.2.840.113556.1.4.1413',
  policyHints: '1.2.840.113556.1.4.2239',
  policyHintsDeprecated: '1.2.840.113556.1.4.2066',
} as const;

const KNOWN = new Set<string>(Object.values(CONTROLS));

/** The controls of one request, looked up by OID. */
export class RequestControls {
  private readonly byOid: Map<string, RequestControl>;

  /** @throws AdError unavailableCriticalExtension when a critical control is unknown */
  constructor(controls: readonly RequestControl[], op: LdapRequest['op']) {
    const unknown = controls.find((control) => control.critical && !KNOWN.has(control.oid));
    if (unknown && op !== 'unbind' && op !== 'abandon') throw adError.unavailableControl();
    this.byOid = new Map(controls.map((control) => [control.oid, control]));
  }

  has(name: keyof typeof CONTROLS): boolean {
    return this.byOid.has(CONTROLS[name]);
  }

  /** Whether deleted objects are to be seen. */
  get showDeleted(): boolean {
    return this.has('showDeleted') || this.has('showRecycled');
  }

  /** Whether a password reset must respect the password history, too (MS-ADTS 3.1.1.3.4.1.27). */
  get enforceHistoryOnReset(): boolean {
    return (this.number('policyHints') ?? this.number('policyHintsDeprecated')) === 1;
  }

  /** How DNs are to be extended: 0 with hexadecimal GUID and SID, 1 with their string forms; undefined not at all. */
  get extendedDnForm(): 0 | 1 | undefined {
    if (!this.has('extendedDn')) return undefined;
    return this.number('extendedDn') === 1 ? 1 : 0;
  }

  /** Page size and cookie of the simple paged results control (RFC 2696). */
  get page(): { size: number; cookie: Buffer } | undefined {
    const value = this.byOid.get(CONTROLS.pagedResults)?.value;
    if (!value) return undefined;
    const reader = new BerReader(value);
    enter(reader);
    return { size: reader.readInt() ?? 0, cookie: readBytes(reader) };
  }

  private number(name: keyof typeof CONTROLS): number | undefined {
    const value = this.byOid.get(CONTROLS[name])?.value;
    if (!value?.length) return undefined;
    const reader = new BerReader(value);
    enter(reader);
    return reader.readInt() ?? undefined;
  }
}

/** The value of the paged results control of an answer; an empty cookie says that this was the last page. */
export function encodePage(cookie: Buffer): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(0);
  writer.writeBuffer(cookie, 0x04);
  writer.endSequence();
  return writer.buffer;
}
