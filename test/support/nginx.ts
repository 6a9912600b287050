import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf, PrerequisiteMissing, spawnGuarded } from './process-guard.ts';

/** A real nginx in front of something. */
export interface Nginx {
  readonly version: string;
  close(): Promise<void>;
}

const INSTALLED = ['nginx', '/usr/sbin/nginx'];
const DOWNLOAD_MS = 120_000;

/**
 * Starts nginx with these contents of its `http` block. Takes the one that is installed, else that of Debian's package, which is only
 * unpacked.
 *
 * @throws PrerequisiteMissing when there is neither
 */
export async function startNginx(http: string): Promise<Nginx> {
  const directory = await mkdtemp(join(tmpdir(), 'nginx-'));
  try {
    const { command, version } = (await installed(INSTALLED)) ?? (await unpacked(directory));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
    const main = ['daemon off;', 'pid nginx.pid;', 'error_log stderr warn;', 'events {}'];
    const config = [...main, 'http {', 'access_log off;', ...temporary, http, '}', ''].join('\n');
    await writeFile(join(directory, 'nginx.conf'), config);
    // As root, workers would run as a user who may not enter the directory.
    const args = ['-p', directory, '-c', 'nginx.conf', '-g', process.getuid?.() === 0 ? 'user root;' : ''];
    const wrong = await outputOf(command, [...args, '-t'], 5_000);
    if (wrong === undefined) throw new Error(`nginx refuses its configuration:\n${config}`);
    const server = await spawnGuarded(command, args, { logFile: join(directory, 'nginx.log'), directory });
    return {
      version,
      async close() {
        await server.end('SIGTERM');
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

interface Binary {
  readonly command: string;
  readonly version: string;
}

async function installed(commands: readonly string[]): Promise<Binary | undefined> {
  for (const command of commands) {
    const version = (await outputOf(command, ['-v'], 5_000))?.trim();
    if (version !== undefined) return { command, version };
  }
  return undefined;
}

async function unpacked(directory: string): Promise<Binary> {
  const script = 'cd "$0" && apt-get download nginx && dpkg -x nginx_*.deb package';
  const unpacking = await outputOf('/bin/sh', ['-c', script, directory], DOWNLOAD_MS);
  const found = unpacking === undefined ? undefined : await installed([join(directory, 'package/usr/sbin/nginx')]);
  if (found !== undefined) return found;
  throw new PrerequisiteMissing('nginx is not installed, and apt-get cannot download it');
}
