import { spawn } from 'node:child_process';
import { outputOf } from './process-guard.ts';

/** True when a Docker engine answers within three seconds. */
export async function dockerAnswers(): Promise<boolean> {
  return (await outputOf('docker', ['version', '--format', '{{.Server.Version}}'], 3_000)) !== undefined;
}

export interface Container {
  docker(...args: string[]): Promise<void>;
  remove(): Promise<void>;
}

/** Runs a container that is removed by `remove()`, or when this process ends without having called it. */
export async function runContainer(
  name: string,
  image: string,
  options: readonly string[],
  progress: (line: string) => void,
): Promise<Container> {
  // The first run pulls the image, which may take minutes.
  progress(`starting ${image} in Docker`);
  const answer = await outputOf('docker', ['run', '-d', '--name', name, ...options, image], 600_000);
  if (answer === undefined) throw new Error(`docker run ${image} failed`);
  const guard = spawn('/bin/sh', ['-c', 'read -r word || docker rm -f "$1" >/dev/null 2>&1', 'sh', name], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.stdin.on('error', () => undefined);
  const docker = async (...args: string[]): Promise<void> => {
    if ((await outputOf('docker', [...args, name], 30_000)) === undefined) {
      throw new Error(`docker ${args.join(' ')} ${name} failed`);
    }
  };
  return {
    docker,
    async remove() {
      await docker('rm', '-f');
      guard.stdin.end('removed\n');
    },
  };
}
