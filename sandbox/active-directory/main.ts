import { writeFileSync } from 'node:fs';
import { startActiveDirectory } from './active-directory.js';

/**
 * Runs the stand-in as a process of its own, configured by environment: AD_PORT, AD_HOST, AD_BASE_DN, AD_DOMAIN (suffix
 * of principal names), AD_ADMIN_PASSWORD, AD_STATE_PATH (file that keeps the directory), AD_SEED (JSON with
 * organizationalUnits and groups), AD_CA_PATH (where to put the certificate to trust).
 *
 * Once it listens it prints one line of JSON with url, ca, baseDn, adminDn, adminUpn, organizationalUnits and groups,
 * and sends the same to a parent that forked it. An outage starts and ends with SIGUSR2, or with the messages
 * `{ outage: true }` and `{ outage: false }` of the parent. SIGTERM and SIGINT end it.
 */
async function main(): Promise<void> {
  const { AD_PORT, AD_HOST, AD_BASE_DN, AD_DOMAIN, AD_ADMIN_PASSWORD, AD_STATE_PATH, AD_SEED, AD_CA_PATH } =
    process.env;
  const directory = await startActiveDirectory({
    port: AD_PORT ? Number(AD_PORT) : undefined,
    host: AD_HOST,
    baseDn: AD_BASE_DN,
    domain: AD_DOMAIN,
    adminPassword: AD_ADMIN_PASSWORD,
    statePath: AD_STATE_PATH,
    seed: AD_SEED ? JSON.parse(AD_SEED) : undefined,
  });
  if (AD_CA_PATH) writeFileSync(AD_CA_PATH, directory.ca);

  let out = false;
  const switchOutage = (on: boolean): void => {
    out = on;
    void directory.outage(on);
  };
  process.on('SIGUSR2', () => switchOutage(!out));
  process.on('message', (message: { outage?: boolean } | null) => {
    if (typeof message?.outage === 'boolean') switchOutage(message.outage);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void directory.stop().then(() => process.exit(0)));
  }

  // The password is left out: lines that are printed end up in logs.
  const { outage: _outage, stop: _stop, adminPassword: _adminPassword, ...facts } = directory;
  console.log(JSON.stringify(facts));
  process.send?.(facts);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
