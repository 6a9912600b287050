import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { outputOf, PrerequisiteMissing } from './process-guard.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const INSTALL_MS = 300_000;

/** A real Chromium: the one that CHROMIUM names, else one on the PATH, else Debian's, which is installed when that may be done. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? onPath() ?? (await install());
  // Its sandbox needs rights that containers and root do not have; only our own page is opened.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
}

async function install(): Promise<string> {
  const mayInstall = process.getuid?.() === 0 && (await outputOf('apt-get', ['--version'], 5_000)) !== undefined;
  if (mayInstall) {
    process.stderr.write('Chromium for the tests of the page: installing Debian’s (apt-get install chromium) …\n');
    await outputOf('apt-get', ['update'], INSTALL_MS);
    await outputOf('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], INSTALL_MS);
  }
  const path = onPath();
  if (path !== undefined) return path;
  throw new PrerequisiteMissing(
    'The tests of the page need Chromium, and there is none. Install it (Debian: `apt-get install chromium`), or set ' +
      'CHROMIUM to the path of a Chromium or Chrome.',
  );
}
