import { v5 as uuidOfName } from 'uuid';
import type { Attributes } from '../person/attributes.js';
import type { Operation, OperationDetail } from './operation.js';

/** The namespace of operation ids (RFC 9562, section 5.5: a UUID made of a name). Changing it renames every operation. */
const OPERATIONS = '6f1d7c5e-2b34-5a8e-9d0c-4c1f0d3e7a21';

/** What an operation is about, beside its detail. */
export interface Subject {
  application: string;
  target: string;
  before?: Attributes;
  after?: Attributes;
}

/**
 * Makes the operations of one plan. Their ids follow from the event, the application, the kind and the group or address,
 * so that planning once more gives the same ids; a second operation that would have the same is counted.
 */
export class OperationMaker {
  private readonly made = new Map<string, number>();

  constructor(private readonly eventId: string) {}

  make(detail: OperationDetail, { application, target, before, after }: Subject): Operation {
    const about = 'group' in detail ? detail.group : '';
    const name = JSON.stringify([this.eventId, application, detail.kind, about]);
    const ordinal = this.made.get(name) ?? 0;
    this.made.set(name, ordinal + 1);
    const id = uuidOfName(`${name}${ordinal}`, OPERATIONS);
    return { ...detail, id, application, target, ...(before && { before }), ...(after && { after }) };
  }
}
