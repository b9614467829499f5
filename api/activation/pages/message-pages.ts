import { type Html, html } from './html.js';
import type { Page } from './layout.js';

/** Why a link opens nothing. `request`: where to ask for a new one. `status`: how the last choice went. */
export function linkPage(state: 'unknown' | 'used' | 'expired', request: string, status?: string): Page {
  const [code, title, text]: [number, string, Html] = {
    unknown: [
      404,
      'This link does not work',
      html`<p>Perhaps a part of it was lost on the way: open it from the mail itself, or copy all of it. If a newer mail came after it, use the link in that one.</p>`,
    ] satisfies [number, string, Html],
    used: [
      410,
      'This link has been used',
      html`<p>A password was chosen already, with this link or a newer one.${
        status !== undefined && html` <a href="${status}">See how it went.</a>`
      }</p><p>If it was not you, ask for a new link now and tell your help desk.</p>`,
    ] satisfies [number, string, Html],
    expired: [
      410,
      'This link is too old',
      html`<p>Links work for a limited time only, so that an old mail is of no use to others.</p>`,
    ] satisfies [number, string, Html],
  }[state];
  return { status: code, title, body: html`${text}<p><a class="button" href="${request}">Ask for a new link</a></p>` };
}

/** The link is good, but no directory has or awaits an account of the person. */
export function noAccountPage(): Page {
  return {
    status: 409,
    title: 'Your account is not ready yet',
    body: html`<p>There is no account yet that could take a password. Your link stays good: try it again in a while.</p>`,
  };
}

/** The form to ask for a new link. */
export function requestPage(action: string): Page {
  return {
    status: 200,
    title: 'Ask for a new link',
    body: html`<p>Write the user name that you sign in with. The link goes to the address that your organisation knows of you.</p>
<form method="post" action="${action}">
<label for="username">User name</label>
<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="256" required autofocus>
<button type="submit">Send me a link</button>
</form>`,
  };
}

/** The same whoever asks for whom: it tells nobody which user names there are. */
export function requestedPage(): Page {
  return {
    status: 202,
    title: 'Look into your mail',
    body: html`<p>If there is an account with that name, a mail with a link is on its way. It can take some minutes.</p>
<p class="quiet">Nothing there? Look among the unwanted mail, wait a little before you ask again, or ask your help desk.</p>`,
  };
}

/** The page on how it goes is no longer to be had. */
export function statusGonePage(request: string): Page {
  return {
    status: 404,
    title: 'There is nothing here any more',
    body: html`<p>This page was about a password that was chosen some time ago. If you cannot sign in, <a href="${request}">ask for a new link</a>.</p>`,
  };
}

/** Something failed that the person cannot mend. */
export function errorPage(status: number): Page {
  if (status === 429) {
    return {
      status,
      title: 'One moment, please',
      body: html`<p>There were too many requests from your network. Try it again in a minute.</p>`,
    };
  }
  if (status < 500) {
    return { status, title: 'That did not work', body: html`<p>Go back and try it once more.</p>` };
  }
  return {
    status,
    title: 'That did not work just now',
    body: html`<p>It is not your fault, and your link stays good. Try it again in some minutes.</p>`,
  };
}
