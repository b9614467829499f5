import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { Html, html } from './html.js';
import { STYLE } from './style.js';

/** A page before it is sent. */
export interface Page {
  status: number;
  title: string;
  body: Html;
  /** Loads itself again after so many seconds. */
  refreshAfter?: number;
}

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * No script, nothing from elsewhere, in no frame; forms go to this server only. The address of the page holds a token,
 * so it is told to nobody and kept in no cache.
 */
const HEADERS = {
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-Robots-Tag': 'noindex, nofollow',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Answers with a page. */
export function sendPage(response: Response, page: Page): void {
  response.status(page.status).set(HEADERS).type('text/html; charset=utf-8').send(layout(page).text);
}

/** Sends the browser on to another of these pages, by GET whatever it did before. */
export function redirect(response: Response, to: string): void {
  response.status(303).set(HEADERS).location(to).end();
}

function layout({ title, body, refreshAfter }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refreshAfter !== undefined && html`<meta http-equiv="refresh" content="${refreshAfter}">`}
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}
