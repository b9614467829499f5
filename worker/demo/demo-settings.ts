import { freePort, isPortFree } from '../embedded/free-port.js';
import { type ServiceSettings, serviceSettings } from '../service/service-settings.js';
import type { DemoHome } from './demo-home.js';

/** The ports of `npm start`: free ones are taken when these are not to be had and nobody chose others. */
const PORTS = { TENURE_PORT: 8080, TENURE_TEMPORAL_PORT: 7233, TENURE_TEMPORAL_UI_PORT: 8233 };

/** Where an installation of somebody's own is, which the demo must not use. */
const FOREIGN =
  /^(DATABASE_URL|SMTP_URL|TENURE_(DIRECTORIES_FILE|PUBLIC_URL|KEYS_FILE|MAIL_FROM|ADMIN_TOKEN)|TEMPORAL_.*)$/;

/**
 * The settings of the demo's service: everything embedded, whatever the environment says of other installations.
 * Takes those variables out of the environment, because the parts inherit it.
 * @returns the settings, and a sentence for each port that is another one than usual
 * @throws Error with one sentence when a variable is wrong
 */
export async function demoSettings(
  home: DemoHome,
  env: NodeJS.ProcessEnv,
): Promise<{ settings: ServiceSettings; remarks: string[] }> {
  for (const name of Object.keys(env)) if (FOREIGN.test(name)) delete env[name];
  const remarks: string[] = [];
  const ports: Record<string, string> = {};
  for (const [name, usual] of Object.entries(PORTS)) {
    if (env[name] || (await isPortFree(usual, name === 'TENURE_PORT' ? env.TENURE_HOST : undefined))) continue;
    ports[name] = String(await freePort());
    remarks.push(`Port ${usual} is taken, so ${name} is ${ports[name]} this time.`);
  }
  const own = { TENURE_HOME: home.folder, TENURE_ADMIN_TOKEN: home.secrets.adminToken };
  return { settings: serviceSettings({ ...env, ...ports, ...own }), remarks };
}
