import { renameSync, writeFileSync } from 'node:fs';
import { type Keyring, publicKeyringText } from '../../contracts/keyring.js';

/** Writes the half of the keys that the API may have, whole or not at all. Only its owner can read the file. */
export function writePublicKeys(file: string, keyring: Keyring): void {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, publicKeyringText(keyring), { mode: 0o600, flush: true });
    renameSync(draft, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`The API's keys cannot be written to ${file} (${code}). Correct TENURE_PUBLIC_KEYS_FILE.`);
  }
}
