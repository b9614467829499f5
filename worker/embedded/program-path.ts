import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The path of a program found through the PATH of an environment; undefined when it is in none of its folders. */
export async function programOnPath(
  program: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const candidate = join(folder, program);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** True when the file is there and this user may run it. */
export function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
