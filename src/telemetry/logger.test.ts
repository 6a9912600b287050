import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { AppError } from '../lib/app-error.ts';
import { createLogger } from './logger.ts';

function outputOf(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY });
  return { stream, text: () => String(stream.read() ?? '') };
}

test('given an output that is no terminal, when something is logged, then it is one line of JSON', async () => {
  const { stream, text } = outputOf(false);
  const logger = await createLogger({ level: 'info', serviceName: 'stats', output: stream });
  logger.warn({ topic: 'T' }, 'late');
  const line: unknown = JSON.parse(text());
  assert.ok(typeof line === 'object' && line !== null && 'time' in line);
  assert.ok(!Number.isNaN(Date.parse(String(line.time))));
  assert.deepEqual({ ...line, time: '' }, { level: 'warn', time: '', service: 'stats', topic: 'T', msg: 'late' });
});

test('given a terminal, when something is logged, then it is a line for people', async () => {
  const { stream, text } = outputOf(true);
  const logger = await createLogger({ level: 'info', serviceName: 'stats', output: stream });
  logger.warn('late');
  assert.match(text(), /^\[.*WARN.*late.*\n$/);
});

test('given a level, when something less severe is logged, then nothing is written', async () => {
  const { stream, text } = outputOf(false);
  const logger = await createLogger({ level: 'error', serviceName: 'stats', output: stream });
  logger.warn('late');
  assert.equal(text(), '');
});

test('given details with secrets, when they are logged, then the secrets are cut out', async () => {
  const { stream, text } = outputOf(false);
  const logger = await createLogger({ level: 'info', serviceName: 'stats', output: stream });
  const kafka = { sasl: { username: 'hidden1', password: 'hidden2' } };
  logger.info(
    { config: { kafka, adminToken: 'hidden3' }, headers: { authorization: 'hidden4' }, password: 'hidden5' },
    'x',
  );
  assert.doesNotMatch(text(), /hidden/);
});

test('given an error, when it is logged, then code, details and cause are in the line', async () => {
  const { stream, text } = outputOf(false);
  const logger = await createLogger({ level: 'info', serviceName: 'stats', output: stream });
  const cause = new Error('reset by peer');
  logger.error(
    { err: new AppError('UPSTREAM_UNREACHABLE', 'no answer', { cause, details: { service: 'buffs' } }) },
    'x',
  );
  const line = text();
  for (const part of ['UPSTREAM_UNREACHABLE', '"service":"buffs"', 'reset by peer'])
    assert.ok(line.includes(part), part);
});

async function logged(level: 'info' | 'debug', err: unknown, isTTY = false): Promise<string> {
  const { stream, text } = outputOf(isTTY);
  const logger = await createLogger({ level, serviceName: 'stats', output: stream });
  logger.error({ err }, 'x');
  return text();
}

test('symptom: what is normal fills the log with stacks', async () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9092'), { code: 'ECONNREFUSED' });
  const error = Object.assign(new AggregateError([refused], 'the brokers do not answer', { cause: refused }), {
    code: 'PLT_KFK_MULTIPLE',
  });
  for (const normal of [error, new AppError('UPSTREAM_TIMEOUT', 'no answer', { cause: refused })]) {
    const line = await logged('info', normal);
    assert.doesNotMatch(line, /"stack"|\n\s+at |node:internal/);
    assert.match(line, /ECONNREFUSED 127\.0\.0\.1:9092/);
    assert.equal((await logged('info', normal, true)).split('\n').filter((each) => /^\s+at /.test(each)).length, 0);
    assert.match(await logged('debug', normal), /"stack"/);
  }
  assert.match(await logged('info', new TypeError('a defect')), /"stack"/);
});

const NASTY = 'a\u001b[2J\nINFO: all is well\u009b1m\u202e';

test('symptom: text from outside drives the terminal and forges lines of the log', async () => {
  for (const isTTY of [true, false]) {
    const { stream, text } = outputOf(isTTY);
    const logger = await createLogger({ level: 'info', serviceName: 'stats', output: stream });
    logger.warn({ topic: NASTY, inner: { list: [NASTY] } }, `odd ${NASTY}`);
    const lines = text();
    assert.doesNotMatch(lines.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
    assert.doesNotMatch(lines, /^INFO/m);
    assert.ok(lines.includes('u001b[2J'));
  }
});
