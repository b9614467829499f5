import { join, resolve } from 'node:path';
import { checkDirectories } from './check-directories.js';

/* `npm run check-directories`: what the accounts of directories.yaml may do, and what they lack. */
const home = resolve(process.env.TENURE_HOME || './.tenure');
const file = process.env.TENURE_DIRECTORIES_FILE || join(home, 'directories.yaml');

checkDirectories(file, (line) => console.log(line)).then(
  (well) => {
    process.exitCode = well ? 0 : 1;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
