/** Runs scripts of package.json one after the other, and ends with the first that fails: `&&` for every shell. */
import { spawnSync } from 'node:child_process';

for (const name of process.argv.slice(2)) {
  const { status } = spawnSync(process.execPath, ['--run', name], { stdio: 'inherit' });
  if (status !== 0) {
    process.exitCode = status ?? 1;
    break;
  }
}
