import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { composeText, filledExample, readComposeFile } from './compose-file.js';
import { REPOSITORY, readDockerfile } from './dockerfile.js';

const { services, volumes } = readComposeFile(filledExample());
const all = Object.entries(services);
const ours = all.filter(([, { build }]) => build);

describe('docker/compose.yaml', () => {
  it('is not started without the secrets that the example asks for', () => {
    expect(() => readComposeFile({})).toThrow('set POSTGRES_PASSWORD in docker/.env');
    const asked = [...composeText().matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
    expect(new Set(asked)).toEqual(new Set(['POSTGRES_PASSWORD', 'TEMPORAL_DB_PASSWORD', 'TENURE_ADMIN_TOKEN']));
    for (const name of asked) expect(filledExample()).toHaveProperty(name as string);
  });

  it('builds targets that the Dockerfile has', () => {
    const stages = readDockerfile().map(({ name }) => name);
    expect(ours.map(([name, { build }]) => [name, stages.includes(build?.target ?? '')])).toEqual([
      ['prepare', true],
      ['api', true],
      ['worker', true],
    ]);
  });

  it('waits for services that can tell what is waited for', () => {
    const withOwnCheck = ours.filter(([, { healthcheck }]) => !healthcheck?.disable).map(([name]) => name);
    for (const [name, { depends_on = {} }] of all) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const service = services[other];
        const fits =
          condition === 'service_completed_successfully'
            ? service?.restart?.startsWith('on-failure')
            : service?.healthcheck || withOwnCheck.includes(other);
        expect([name, other, condition, Boolean(fits)]).toEqual([name, other, condition, true]);
      }
    }
  });

  it('mounts files that are there and volumes that are declared', () => {
    for (const [from] of all.flatMap(([, service]) => service.volumes ?? []).map((one) => one.split(':'))) {
      const found = from?.startsWith('./') ? existsSync(join(REPOSITORY, 'docker', from)) : (from ?? '') in volumes;
      expect([from, found]).toEqual([from, true]);
    }
  });

  it('opens ports to this machine only', () => {
    const ports = all.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('keeps from the API the keys that open passwords and the directories with their secrets', () => {
    expect(services.api?.volumes).toEqual(['public-keys:/var/lib/tenure-public:ro']);
    expect(services.api?.environment).not.toHaveProperty('TENURE_DIRECTORIES_FILE');
  });
});
