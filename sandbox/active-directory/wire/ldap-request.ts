import { BerReader, InvalidAsn1Error } from 'ldapts';
import { enter, type LdapFilter, readBytes, readFilter, readText } from './ldap-filter.js';

/** An attribute with its values as they stand on the wire. `name` may carry options (`member;range=0-*`). */
export interface WireAttribute {
  name: string;
  values: Buffer[];
}

/** One change of a modify request (RFC 4511, section 4.6). */
export interface WireChange extends WireAttribute {
  kind: 'add' | 'delete' | 'replace';
}

/** A control of a request (RFC 4511, section 4.1.11). */
export interface RequestControl {
  oid: string;
  critical: boolean;
  value?: Buffer;
}

export interface BindRequest {
  op: 'bind';
  name: string;
  /** Absent when the client asked for SASL. */
  password?: string;
}

export interface SearchRequest {
  op: 'search';
  base: string;
  scope: 'base' | 'one' | 'sub';
  /** 0 means no limit of the client's. */
  sizeLimit: number;
  typesOnly: boolean;
  filter: LdapFilter;
  attributes: string[];
}

export interface AddRequest {
  op: 'add';
  dn: string;
  attributes: WireAttribute[];
}

export interface ModifyRequest {
  op: 'modify';
  dn: string;
  changes: WireChange[];
}

export interface ModifyDnRequest {
  op: 'modifyDn';
  dn: string;
  newRdn: string;
  deleteOldRdn: boolean;
  newSuperior?: string;
}

export interface DeleteRequest {
  op: 'delete';
  dn: string;
}

export interface CompareRequest {
  op: 'compare';
  dn: string;
  attribute: string;
  value: Buffer;
}

export interface ExtendedRequest {
  op: 'extended';
  oid: string;
}

/** Every request of LDAP v3 that has an answer, and the two that have none. */
export type LdapRequest =
  | BindRequest
  | SearchRequest
  | AddRequest
  | ModifyRequest
  | ModifyDnRequest
  | DeleteRequest
  | CompareRequest
  | ExtendedRequest
  | { op: 'unbind' }
  | { op: 'abandon' };

export interface LdapMessage {
  id: number;
  request: LdapRequest;
  controls: RequestControl[];
}

const SCOPES = ['base', 'one', 'sub'] as const;
const CHANGE_KINDS = ['add', 'delete', 'replace'] as const;

/**
 * Reads one whole LDAPMessage (RFC 4511, section 4.1.1).
 * @throws InvalidAsn1Error when the bytes are no such message
 */
export function readMessage(bytes: Buffer): LdapMessage {
  const reader = new BerReader(bytes);
  enter(reader);
  const id = readNumber(reader.readInt());
  const request = readRequest(reader);
  const controls: RequestControl[] = [];
  if (reader.peek() === 0xa0) {
    const end = enter(reader);
    while (reader.offset < end) controls.push(readControl(reader));
  }
  return { id, request, controls };
}

function readRequest(reader: BerReader): LdapRequest {
  const tag = reader.peek();
  if (tag === 0x4a) return { op: 'delete', dn: readText(reader, 0x4a) };
  const end = enter(reader);
  switch (tag) {
    case 0x60:
      return readBind(reader, end);
    case 0x42:
      return { op: 'unbind' };
    case 0x50:
      reader.offset = end;
      return { op: 'abandon' };
    case 0x63:
      return readSearch(reader);
    case 0x66:
      return { op: 'modify', dn: readText(reader), changes: readChanges(reader) };
    case 0x68:
      return { op: 'add', dn: readText(reader), attributes: readAttributes(reader) };
    case 0x6c:
      return readModifyDn(reader, end);
    case 0x6e: {
      const dn = readText(reader);
      enter(reader);
      return { op: 'compare', dn, attribute: readText(reader), value: readBytes(reader) };
    }
    case 0x77: {
      const oid = readText(reader, 0x80);
      reader.offset = end;
      return { op: 'extended', oid };
    }
    default:
      throw new InvalidAsn1Error(`There is no LDAP request with tag ${tag}`);
  }
}

function readBind(reader: BerReader, end: number): BindRequest {
  readNumber(reader.readInt());
  const name = readText(reader);
  if (reader.peek() === 0x80) return { op: 'bind', name, password: readText(reader, 0x80) };
  reader.offset = end;
  return { op: 'bind', name };
}

function readSearch(reader: BerReader): SearchRequest {
  const base = readText(reader);
  const scope = SCOPES[readNumber(reader.readEnumeration())];
  if (!scope) throw new InvalidAsn1Error('There is no such search scope');
  readNumber(reader.readEnumeration());
  const sizeLimit = readNumber(reader.readInt());
  readNumber(reader.readInt());
  const typesOnly = reader.readBoolean() === true;
  const filter = readFilter(reader);
  const attributes: string[] = [];
  const end = enter(reader);
  while (reader.offset < end) attributes.push(readText(reader));
  return { op: 'search', base, scope, sizeLimit, typesOnly, filter, attributes };
}

function readModifyDn(reader: BerReader, end: number): ModifyDnRequest {
  const dn = readText(reader);
  const newRdn = readText(reader);
  const deleteOldRdn = reader.readBoolean() === true;
  const newSuperior = reader.offset < end ? readText(reader, 0x80) : undefined;
  return { op: 'modifyDn', dn, newRdn, deleteOldRdn, newSuperior };
}

function readChanges(reader: BerReader): WireChange[] {
  const changes: WireChange[] = [];
  const end = enter(reader);
  while (reader.offset < end) {
    enter(reader);
    const kind = CHANGE_KINDS[readNumber(reader.readEnumeration())];
    if (!kind) throw new InvalidAsn1Error('There is no such kind of change');
    changes.push({ kind, ...readAttribute(reader) });
  }
  return changes;
}

function readAttributes(reader: BerReader): WireAttribute[] {
  const attributes: WireAttribute[] = [];
  const end = enter(reader);
  while (reader.offset < end) attributes.push(readAttribute(reader));
  return attributes;
}

function readAttribute(reader: BerReader): WireAttribute {
  enter(reader);
  const name = readText(reader);
  const values: Buffer[] = [];
  const end = enter(reader, 0x31);
  while (reader.offset < end) values.push(readBytes(reader));
  return { name, values };
}

function readControl(reader: BerReader): RequestControl {
  const end = enter(reader);
  const oid = readText(reader);
  const critical = reader.offset < end && reader.peek() === 0x01 ? reader.readBoolean() === true : false;
  const value = reader.offset < end ? readBytes(reader) : undefined;
  return { oid, critical, value };
}

function readNumber(value: number | null): number {
  if (value === null) throw new InvalidAsn1Error('The message ends in the middle of a number');
  return value;
}
