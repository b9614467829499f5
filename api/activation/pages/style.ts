/** The one style of all activation pages, within the page itself: nothing is loaded from anywhere. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--text:#1f2933;--quiet:#52606d;--line:#9aa5b1;--accent:#1d4f91;
--on-accent:#fff;--good:#176f3b;--wait:#8a5300;--bad:#a61b1b;--bad-ground:#fdf0f0}
@media(prefers-color-scheme:dark){:root{--ground:#12171d;--card:#1c232b;--text:#e4e7eb;--quiet:#a9b4c0;--line:#5b6875;
--accent:#8ab8f5;--on-accent:#0d1b2c;--good:#7fd6a1;--wait:#f0be6f;--bad:#ff9d9d;--bad-ground:#3a2023}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;background:var(--ground);color:var(--text);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;display:flex;justify-content:center}
main{width:100%;max-width:31rem;margin:8vh 1rem 2rem;padding:2rem;background:var(--card);border-radius:.75rem;
box-shadow:0 1px 3px rgb(0 0 0/.12);align-self:flex-start}
@media(max-width:32rem){main{margin:0;min-height:100vh;border-radius:0;padding:1.5rem 1.25rem}}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}
h2{font-size:1rem;margin:1.5rem 0 .25rem}
p{margin:0 0 1rem}
ul{margin:0 0 1rem;padding-left:1.25rem}
li{margin:.25rem 0}
label{display:block;font-weight:600;margin:1.25rem 0 .375rem}
input{width:100%;padding:.7rem .8rem;font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);
border-radius:.5rem}
input[readonly]{background:var(--ground);border-color:transparent;color:var(--quiet)}
button,.button{display:inline-block;margin-top:1.5rem;padding:.75rem 1.25rem;font:inherit;font-weight:600;
color:var(--on-accent);background:var(--accent);border:0;border-radius:.5rem;text-decoration:none;cursor:pointer}
@media(max-width:32rem){button{width:100%}}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.quiet{color:var(--quiet)}
.small{font-size:.875rem}
.wrong{margin:0 0 1rem;padding:.75rem 1rem;background:var(--bad-ground);border-left:4px solid var(--bad);border-radius:.25rem}
.wrong p,.wrong ul{margin-bottom:0}
.steps{list-style:none;padding:0}
.steps li{display:flex;gap:.75rem;padding:.75rem 0;margin:0;border-top:1px solid var(--line)}
.steps .sign{flex:none;width:1.5rem;text-align:center;font-weight:700}
.steps strong{overflow-wrap:anywhere}
.steps .said{display:block;color:var(--quiet)}
.done .sign{color:var(--good)}
.waiting .sign{color:var(--wait)}
.failed .sign{color:var(--bad)}
`;
