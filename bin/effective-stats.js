#!/usr/bin/env -S node --max-semi-space-size=16 --heap-growing-percent=100
// Plain JavaScript that every Node can read: it may be the first thing that an old one sees.
// The flags are the same here, in package.json and in deploy/Dockerfile: they save memory, and collections of a large heap (ADR 11).
// The sources are TypeScript, which Node runs as they are from 24 on. `npm ci` installs that one beside them.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 24;
const PARENT_LOOK_MS = 250;
// In the image they are JavaScript already (scripts/strip-types.ts).
const source = new URL('../tool/main.ts', import.meta.url);
const tool = existsSync(source) ? source : new URL('../tool/main.js', import.meta.url);
/** What is compiled is kept here for the next start, stripped of its types; where nobody may write it is compiled anew. */
const cache = fileURLToPath(new URL('../node_modules/.cache/effective-stats', import.meta.url));

/** A SIGTERM to npm ends the shell that npm puts before us, and never comes here: that shell's end stands for it. */
function stopWithShell(stop) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    stop();
  }, PARENT_LOOK_MS);
  look.unref();
}

/** Whether the dependencies are there. */
function isInstalled() {
  try {
    createRequire(import.meta.url).resolve('fastify');
    return true;
  } catch {
    return false;
  }
}

if (!isInstalled()) {
  process.stderr.write('The dependencies are not installed. Run "npm ci" first.\n');
  process.exitCode = 2;
} else if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) {
  module.enableCompileCache(cache);
  stopWithShell(() => process.kill(process.pid, 'SIGTERM'));
  import(tool.href);
} else {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = fileURLToPath(new URL(`../node_modules/node/bin/${name}`, import.meta.url));
  const env = { NODE_COMPILE_CACHE: cache, ...process.env };
  const child = spawn(node, [...process.execArgv, fileURLToPath(tool), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env,
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  stopWithShell(() => child.kill('SIGTERM'));
  child.on('error', () => {
    process.stderr.write(
      `Node ${NODE_MAJOR} is needed, this is ${process.version}. Run "npm ci" without --ignore-scripts: it installs one beside the sources.\n`,
    );
    process.exitCode = 2;
  });
  child.on('exit', (code) => {
    process.exitCode = code === null ? 1 : code;
  });
}
