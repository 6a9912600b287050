import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { AppError, ERROR_CODES } from '../lib/app-error.ts';
import { answerOfError, errorOfConnection } from './error-mapper.ts';
import { ErrorDocument } from './openapi.ts';

function errorsOf(body: string) {
  return Value.Parse(ErrorDocument, JSON.parse(body)).errors;
}

test('given the codes, when the reference page is read, then it lists each with its status, and no other', async () => {
  const page = await readFile(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm)].map(
    ([, code, status]) => `${code} ${status}`,
  );
  const mapped = ERROR_CODES.map((code) => `${code} ${answerOfError(new AppError(code, 'x')).status}`);
  assert.deepEqual(documented, mapped);
});

for (const code of ERROR_CODES) {
  test(`given an error ${code}, when it is answered, then it is a JSON:API document without details or cause`, () => {
    const error = new AppError(code, 'message', { cause: new Error('hidden1'), details: { url: 'hidden2' } });
    const { status, body, headers } = answerOfError(error);
    assert.equal(headers['content-type'], 'application/json');
    assert.doesNotMatch(body, /hidden/);
    const [shown] = errorsOf(body);
    assert.deepEqual([shown?.status, shown?.code], [String(status), code]);
    const speaksForItself = status < 500 || code === 'NOT_READY';
    assert.equal(shown?.detail.endsWith('message'), speaksForItself);
    // The web UI repeats a 404 that does not say so.
    if (status === 404) assert.match(shown?.detail ?? '', /not found/);
  });
}

test('given errors that may pass, when they are answered, then clients are told when to come back', () => {
  for (const code of ERROR_CODES) {
    const { status, headers } = answerOfError(new AppError(code, 'x'));
    assert.equal(headers['retry-after'], status === 503 ? '1' : undefined, code);
  }
});

test('given anything but an error of ours, when it is answered, then it is a defect and tells nothing', () => {
  const forged = Object.assign(new Error('hidden'), { statusCode: 404, code: 'E_OTHER' });
  for (const error of [new TypeError('hidden'), forged, 'hidden', undefined, null, { statusCode: 400 }]) {
    const { status, body } = answerOfError(error);
    assert.equal(status, 500);
    assert.equal(errorsOf(body)[0]?.code, 'INTERNAL');
    assert.doesNotMatch(body, /hidden/);
  }
});

test('symptom: a client that hangs up within its body is logged as a defect of the service', () => {
  const hangUp = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  assert.equal(answerOfError(hangUp).status, 400);
});

test('given details that only look like field problems, when an error is answered, then they stay inside', () => {
  const { body } = answerOfError(
    new AppError('INVALID_REQUEST', 'shown', { details: { problems: [{ secret: 'hidden' }] } }),
  );
  assert.equal(errorsOf(body)[0]?.detail, 'shown');
  const upstream = new AppError('UPSTREAM_REFUSED', 'hidden', { details: { problems: [{ detail: 'hidden' }] } });
  assert.doesNotMatch(answerOfError(upstream).body, /hidden/);
});

test('given what a connection failed with, when it is classified, then slow, long and malformed differ', () => {
  const codes = [
    'ERR_HTTP_REQUEST_TIMEOUT',
    'HPE_HEADER_OVERFLOW',
    'HPE_CHUNK_EXTENSIONS_OVERFLOW',
    'HPE_INVALID_METHOD',
  ];
  assert.deepEqual(
    codes.map((code) => errorOfConnection(code)?.code),
    ['REQUEST_TIMEOUT', 'HEADERS_TOO_LARGE', 'REQUEST_TOO_LARGE', 'INVALID_REQUEST'],
  );
  assert.equal(errorOfConnection('ECONNRESET'), undefined);
});
