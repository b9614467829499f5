import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../worker/embedded/cache-folder.js';
import { isExecutable } from '../../worker/embedded/program-path.js';

const run = promisify(execFile);

/** Release of the time-skipping test server, which Temporal publishes with its Java SDK on Maven Central. */
const TEST_SERVER_VERSION = '1.32.1';

/** The path of the server's start script in the cache folder; fetched with Maven when it is not there. */
export async function timeSkippingProgram(onProgress: (line: string) => void = () => undefined): Promise<string> {
  const present = await presentTimeSkipping();
  if (!present) await fetchServer(serverFolder(), onProgress);
  return join(serverFolder(), 'temporal-test-server');
}

/** The path of the start script when the server has been fetched. */
export async function presentTimeSkipping(): Promise<string | undefined> {
  const program = join(serverFolder(), 'temporal-test-server');
  return (await isExecutable(program)) ? program : undefined;
}

function serverFolder(): string {
  return join(cacheFolder(), `temporal-test-server-${TEST_SERVER_VERSION}`);
}

async function fetchServer(folder: string, onProgress: (line: string) => void): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  onProgress(`Fetching the time-skipping test server ${TEST_SERVER_VERSION} from Maven Central`);
  try {
    await writeFile(join(draft, 'pom.xml'), POM);
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(draft, 'lib')}`];
    await run('mvn', ['-B', '-q', '-f', join(draft, 'pom.xml'), ...goal], { timeout: 300_000 });
    const script = join(draft, 'temporal-test-server');
    await writeFile(script, startScript(join(folder, 'lib')));
    await chmod(script, 0o755);
    await rename(draft, folder).catch(async (error) => {
      // Another jest worker fetched it at the same time.
      if (!(await presentTimeSkipping())) throw error;
    });
  } catch (error) {
    const { stdout, message } = error as Error & { stdout?: string };
    throw new Error(`The time-skipping test server could not be fetched with Maven: ${stdout?.trim() || message}`);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tenure</groupId>
  <artifactId>time-skipping</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${TEST_SERVER_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Takes the arguments of the server's own binary (port, --enable-time-skipping), as the SDK passes them. */
function startScript(lib: string): string {
  const flags = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m';
  return `#!/bin/sh\nexec java ${flags} -cp '${lib}/*' io.temporal.testserver.TestServer "$@" 2>/dev/null\n`;
}
