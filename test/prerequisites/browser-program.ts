import { isExecutable } from '../../worker/embedded/program-path.js';

/** Where Linux distributions put Chromium, and macOS Chrome. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser's program: TENURE_BROWSER, else the first of the usual places; undefined when there is none. */
export async function browserProgram(): Promise<string | undefined> {
  const chosen = process.env.TENURE_BROWSER;
  for (const path of chosen ? [chosen] : PLACES) {
    if (await isExecutable(path)) return path;
  }
  return undefined;
}
