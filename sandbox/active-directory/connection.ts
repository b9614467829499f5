import type { TLSSocket } from 'node:tls';
import { InvalidAsn1Error } from 'ldapts';
import { AdError, adError } from './directory/ad-error.js';
import type { Domain } from './directory/domain.js';
import { textOf } from './directory/entry.js';
import { type Session, signedIn } from './directory/session.js';
import { add } from './operations/add.js';
import { bind } from './operations/bind.js';
import { compare } from './operations/compare.js';
import { remove } from './operations/delete.js';
import { modify } from './operations/modify.js';
import { move } from './operations/move.js';
import { WHO_AM_I } from './operations/root-dse.js';
import { search } from './operations/search.js';
import { RequestControls } from './wire/controls.js';
import { type LdapMessage, readMessage } from './wire/ldap-request.js';
import { encodeEntry, encodeResult, type LdapResult, SUCCESS } from './wire/ldap-response.js';
import { MessageFramer } from './wire/message-framer.js';

const COMPARE_FALSE: LdapResult = { code: 5, message: '', matchedDn: '' };
const COMPARE_TRUE: LdapResult = { code: 6, message: '', matchedDn: '' };

/** Serves one connection until either side closes it: requests are answered one after the other, in order. */
export function serveConnection(domain: Domain, socket: TLSSocket, onUnexpected: (error: unknown) => void): void {
  const session: Session = { pages: new Map() };
  const framer = new MessageFramer();
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    socket.cork();
    try {
      for (const bytes of framer.push(chunk)) {
        const message = readMessage(bytes);
        if (message.request.op === 'unbind') {
          socket.end();
          return;
        }
        for (const answer of answerTo(domain, session, message, onUnexpected)) socket.write(answer);
      }
    } catch {
      // No LDAP: the notice of disconnection (RFC 4511, section 4.4.1), as AD sends it.
      socket.end(encodeResult(0, 'extended', adError.malformed()));
    } finally {
      socket.uncork();
    }
  });
}

function answerTo(
  domain: Domain,
  session: Session,
  message: LdapMessage,
  onUnexpected: (error: unknown) => void,
): Buffer[] {
  const { id, request } = message;
  try {
    return carryOut(domain, session, message);
  } catch (error) {
    if (error instanceof AdError) return [encodeResult(id, request.op, error)];
    if (error instanceof InvalidAsn1Error) return [encodeResult(id, request.op, adError.malformed())];
    onUnexpected(error);
    return [encodeResult(id, request.op, adError.internal())];
  }
}

function carryOut(domain: Domain, session: Session, { id, request, controls }: LdapMessage): Buffer[] {
  const given = new RequestControls(controls, request.op);
  switch (request.op) {
    case 'bind':
      bind(domain, session, request);
      return [encodeResult(id, 'bind', SUCCESS)];
    case 'search': {
      const { entries, result, controls: answered } = search(domain, session, request, given);
      return [...entries.map((entry) => encodeEntry(id, entry)), encodeResult(id, 'search', result, answered)];
    }
    case 'add':
      add(domain, session, request);
      return [encodeResult(id, 'add', SUCCESS)];
    case 'modify':
      modify(domain, session, request, given);
      return [encodeResult(id, 'modify', SUCCESS)];
    case 'modifyDn':
      move(domain, session, request);
      return [encodeResult(id, 'modifyDn', SUCCESS)];
    case 'delete':
      remove(domain, session, request, given);
      return [encodeResult(id, 'delete', SUCCESS)];
    case 'compare':
      return [encodeResult(id, 'compare', compare(domain, session, request, given) ? COMPARE_TRUE : COMPARE_FALSE)];
    case 'extended':
      if (request.oid !== WHO_AM_I) throw adError.unknownExtension();
      return [encodeResult(id, 'extended', SUCCESS, [], whoAmI(domain, session))];
    default:
      return [];
  }
}

function whoAmI(domain: Domain, session: Session): string {
  const user = signedIn(domain, session);
  return user ? `u:${domain.netbiosName}\\${textOf(user, 'sAMAccountName')}` : '';
}
