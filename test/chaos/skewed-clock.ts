/**
 * Preloaded into the service under test (`--import`): its local clock is off by as many ms as the file named by
 * `CHAOS_CLOCK_FILE` says, and steps when that changes. The monotonic clock is left alone, as a host's would be.
 */
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 50;

const file = process.env['CHAOS_CLOCK_FILE'] ?? '';
const trueNow = Date.now;
let skew = 0;

function look(): void {
  const read = Number(readFileSync(file, 'utf8'));
  // A file that is being written may be empty for a moment, which reads as 0.
  if (Number.isFinite(read)) skew = read;
}

look();
setInterval(look, LOOK_EVERY_MS).unref();
Date.now = () => trueNow() + skew;
