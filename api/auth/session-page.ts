/** What the sign-in page has to say. */
export type SessionPageState =
  | { state: 'signed-out' | 'refused' }
  | { state: 'signed-in'; temporalUiUrl?: string; publicUrl: string };

const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 10vh auto; padding: 0 1rem; }
  input, button { font: inherit; padding: .4rem .6rem; }
  input { width: 100%; box-sizing: border-box; margin: .3rem 0 1rem; }
  .error { color: #a40000; }`;

/** The sign-in page for browsers. It needs no JavaScript. */
export function sessionPage(page: SessionPageState): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tenure: sign in</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Tenure</h1>
${page.state === 'signed-in' ? signedIn(page.temporalUiUrl, page.publicUrl) : form(page.state === 'refused')}
</body>
</html>
`;
}

function form(refused: boolean): string {
  return `<p>Sign in to read decrypted payloads in Temporal's web UI.</p>
${refused ? '<p class="error" role="alert">This is not the token that Tenure was started with.</p>' : ''}
<form method="post" action="/api/v1/session">
<label>Administrator's token
<input name="token" type="password" autocomplete="current-password" required autofocus></label>
<button>Sign in</button>
</form>`;
}

function signedIn(temporalUiUrl: string | undefined, publicUrl: string): string {
  const ui = temporalUiUrl
    ? `<a href="${escapeHtml(temporalUiUrl)}">Temporal's web UI</a>`
    : "Temporal's web UI (set TEMPORAL_UI_URL to its address first)";
  return `<p>You are signed in for ten hours. Once per browser, tell ${ui} to send the sign-in along:
open <em>Codec Server</em> (the glasses), choose <em>Use my browser setting</em>, give
<code>${escapeHtml(publicUrl.replace(/\/$/, ''))}/api/v1/codec</code> as the endpoint and switch on
<em>Include cross-origin credentials</em>.</p>
<form method="post" action="/api/v1/session">
<input type="hidden" name="action" value="sign-out">
<button>Sign out</button>
</form>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
