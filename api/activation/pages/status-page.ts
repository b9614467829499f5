import type { OperationOutcome } from '../../../domain/plan/operation.js';
import { type Html, html } from './html.js';
import type { Page } from './layout.js';

/** How it goes in one directory. */
export interface DirectoryStatus {
  directory: string;
  outcome: OperationOutcome;
  /** Why the directory's rules refused the password; only then is a reason for the person's eyes. */
  refusal?: string;
}

/** What the page on a chosen password shows. */
export interface StatusPage {
  directories: DirectoryStatus[];
  /** Until when directories that are away are tried. */
  until: Date;
  /** The link in the mail works again. */
  linkWorks: boolean;
  /** Where to ask for a new link. */
  request: string;
}

/** While the person looks on, and while all that remains is a directory that is away. Seconds. */
const SOON = 2;
const LATER = 10;

/** How a password goes, until all is final: then the page stays as it is. */
export function statusPage({ directories, until, linkWorks, request }: StatusPage): Page {
  const outcomes = new Set(directories.map(({ outcome }) => outcome));
  const refused = directories.some(({ refusal }) => refusal !== undefined);
  return {
    status: 200,
    title: title(outcomes, refused),
    refreshAfter: outcomes.has('planned') ? SOON : outcomes.has('waiting') ? LATER : undefined,
    body: html`<ul class="steps" role="status">${directories.map((directory) => step(directory, until))}</ul>
${isAllDone(outcomes) && html`<p>You can sign in with it now and close this page.</p>`}
${refused && chooseAgain(linkWorks, request)}
${outcomes.has('waiting') && html`<p class="quiet">You can close this page; the rest happens by itself.</p>`}
${outcomes.has('failed') && !refused && html`<p>Your help desk can see what went wrong. Afterwards you can <a href="${request}">ask for a new link</a>.</p>`}`,
  };
}

const isAllDone = (outcomes: Set<OperationOutcome>): boolean =>
  [...outcomes].every((outcome) => outcome === 'succeeded' || outcome === 'unchanged');

function title(outcomes: Set<OperationOutcome>, refused: boolean): string {
  if (outcomes.has('planned')) return 'Setting your password';
  if (refused) return 'Choose another password';
  if (outcomes.has('failed')) return 'Not everything worked';
  if (outcomes.has('waiting')) return 'Almost done';
  if (outcomes.has('superseded')) return 'This password is no longer the one';
  return 'Your password is set';
}

function step({ directory, outcome, refusal }: DirectoryStatus, until: Date): Html {
  const [kind, sign, said] = inWords(outcome, refusal, until);
  return html`<li class="${kind}"><span class="sign" aria-hidden="true">${sign}</span><span><strong>${directory}</strong> <span class="said">${said}</span></span></li>`;
}

function inWords(outcome: OperationOutcome, refusal: string | undefined, until: Date): [string, string, string] {
  switch (outcome) {
    case 'succeeded':
    case 'unchanged':
      return ['done', '✓', 'Your new password works.'];
    case 'planned':
      return ['waiting', '…', 'On its way.'];
    case 'waiting':
      return ['waiting', '…', `Cannot take it just now. It is tried again by itself until ${moment(until)}.`];
    case 'superseded':
      return ['failed', '–', 'A newer password took its place, or the account is closed.'];
    case 'failed':
    case 'skipped':
      return ['failed', '✕', refusal === undefined ? 'This did not work.' : `It was refused: ${refusal}`];
  }
}

function chooseAgain(linkWorks: boolean, request: string): Html {
  return linkWorks
    ? html`<p>Open the link in your mail once more and choose another password. It is then set everywhere.</p>`
    : html`<p><a class="button" href="${request}">Ask for a new link</a></p>`;
}

function moment(date: Date): string {
  return `${date.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })} UTC`;
}
