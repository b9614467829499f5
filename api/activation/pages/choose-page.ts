import { html } from './html.js';
import type { Page } from './layout.js';

/** What the page with the form shows. */
export interface ChoosePage {
  action: string;
  token: string;
  purpose: 'activation' | 'reset';
  /** What to call the person; empty when nobody said. */
  name: string;
  /** What they sign in with, for them and for their password manager; none while no account is there. */
  signInName?: string;
  directories: string[];
  rules: string[];
  minLength: number;
  maxLength: number;
  /** What was wrong with the password that was sent. */
  problems?: string[];
}

/** The form for a new password. */
export function choosePage(page: ChoosePage): Page {
  const { problems = [], rules, directories, signInName } = page;
  const wrong = problems.length > 0;
  return {
    status: wrong ? 422 : 200,
    title: page.purpose === 'reset' ? 'Choose a new password' : 'Choose your password',
    body: html`${
      wrong &&
      html`<div class="wrong" role="alert" id="problems"><p>Not this one yet:</p>
<ul>${problems.map((problem) => html`<li>${problem}</li>`)}</ul></div>`
    }
<p>Hello${page.name !== '' && ` ${page.name}`}. One password, for ${inWords(directories)}.</p>
<div id="rules"><h2>What it needs</h2>
<ul>${rules.map((rule) => html`<li>${rule}</li>`)}
<li>Make it hard to guess: a few words that do not belong together are better than one with signs in it.</li></ul></div>
<form method="post" action="${page.action}" autocomplete="on">
<input type="hidden" name="token" value="${page.token}">
${
  signInName &&
  html`<label for="username">Your user name</label>
<input id="username" name="username" type="text" autocomplete="username" value="${signInName}" readonly>`
}
<label for="password">New password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required minlength="${page.minLength}" maxlength="${page.maxLength}" aria-describedby="${wrong ? 'problems rules' : 'rules'}"${wrong && html` aria-invalid="true"`} autofocus>
<label for="confirmation">The same again</label>
<input id="confirmation" name="confirmation" type="password" autocomplete="new-password" required maxlength="${page.maxLength}">
<button type="submit">Set password</button>
</form>`,
  };
}

function inWords(names: string[]): string {
  if (names.length <= 1) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}
