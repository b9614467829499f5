import { Service } from './service.js';
import { serviceSettings } from './service-settings.js';
import { StatusScreen } from './status-screen.js';
import { untilAskedToStop } from './stop-signals.js';

/* `npm start`: the whole service on this machine, until Ctrl-C. */
async function main(): Promise<void> {
  const stopped = untilAskedToStop();
  const screen = new StatusScreen();
  const settings = serviceSettings();
  const service = await Service.start(settings, screen);
  const { addresses } = service;
  screen.say(
    [
      '',
      `Tenure takes events at ${addresses.apiUrl}/api/v1/events`,
      `  API document   ${addresses.apiUrl}/api/v1/docs`,
      addresses.temporalUiUrl && `  Temporal UI    ${addresses.temporalUiUrl}`,
      addresses.mailUrl &&
        `  Caught mail    ${addresses.mailUrl} (no mail leaves this machine; set SMTP_URL to send it)`,
      `  State folder   ${settings.home}`,
      settings.adminTokenIsNew &&
        `\nThe administrator's token, shown this once (kept in ${settings.home}/admin-token):\n  ${settings.adminToken}`,
      '\nCtrl-C stops it; what is not finished goes on at the next start.',
    ]
      .filter((line) => line !== undefined && line !== false)
      .join('\n'),
  );
  await stopped;
  await service.stop();
}

main().catch((error: Error) => {
  console.error(`\nTenure cannot start: ${error.message}`);
  process.exitCode = 1;
});
