import { spawnSync } from 'node:child_process';

// Known vulnerabilities of high severity and above fail the check, where the registry answers that question.
const { stdout } = spawnSync('npm', ['audit', '--audit-level=high', '--json'], { encoding: 'utf8' });

interface Report {
  readonly metadata?: { readonly vulnerabilities?: { readonly high: number; readonly critical: number } };
}

function parse(text: string): Report {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const found = parse(stdout).metadata?.vulnerabilities;
if (found === undefined) {
  console.log('npm audit: the registry does not answer it, nothing was checked');
} else {
  console.log(`npm audit: ${found.high} high, ${found.critical} critical`);
  process.exitCode = found.high + found.critical > 0 ? 1 : 0;
}
