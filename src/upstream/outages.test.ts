import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { createOutages, describeAddresses } from './outages.ts';
import { mapServices, SERVICES } from './port.ts';
import { refused, stranger, unreachable } from './upstream-errors.ts';

const URL = 'http://10.0.0.1/api/';
const REFUSED = unreachable('buffs', new Error('connect ECONNREFUSED 10.0.0.1:80'));
const STRANGER = stranger('buffs', 'a 404 of text/html that holds a page');
const MINUTE = 60_000;

function setUp() {
  const clock = createFakeClock();
  const lines: string[] = [];
  const log = (level: string) => (_details: object, text: string) => void lines.push(`${level} ${text}`);
  const addresses = mapServices((service) => ({ url: URL, setBy: `${service.toUpperCase()}_SERVICE_URL` }));
  const outages = createOutages({
    addresses,
    clock,
    logger: { info: log('info'), warn: log('warn'), error: log('error') },
  });
  return { clock, lines, outages };
}

describe('what is told of a service that fails', () => {
  it('given it fails for a while, then two lines tell of it, with URL, variable and cause, however often it failed', () => {
    const { clock, lines, outages } = setUp();
    for (let count = 0; count < 100; count += 1) {
      outages.ended('buffs', REFUSED);
      outages.ended('buffs', undefined);
      outages.ended('skills', undefined);
      clock.pass(1_000);
    }
    clock.pass(15_000);
    outages.ended('buffs', undefined);
    outages.ended('buffs', undefined);
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /^warn BUFFS_SERVICE_URL \(http:\/\/10\.0\.0\.1\/api\/\): .*connect ECONNREFUSED/);
    assert.equal(lines[1], 'info the buffs service answers again');
  });

  it('given several fail, then each is told', () => {
    const { lines, outages } = setUp();
    for (const service of SERVICES) outages.ended(service, REFUSED);
    assert.equal(lines.length, 5);
  });

  it('given another kind of failure in one outage, then it is told too, a minute after the last line at the earliest', () => {
    const { clock, lines, outages } = setUp();
    outages.ended('buffs', REFUSED);
    outages.ended('buffs', STRANGER);
    assert.equal(lines.length, 1);
    clock.pass(MINUTE);
    outages.ended('buffs', STRANGER);
    outages.ended('buffs', STRANGER);
    assert.match(lines[1] ?? '', /what answered is not the buffs service: a 404 of text\/html/);
    assert.equal(lines.length, 2);
  });

  it('given a service that comes and goes, then a line a minute about failures is all', () => {
    const { clock, lines, outages } = setUp();
    for (let second = 0; second < 600; second += 1) {
      outages.ended('buffs', second % 20 === 0 ? REFUSED : undefined);
      clock.pass(1_000);
    }
    assert.ok(lines.filter((line) => line.startsWith('warn')).length <= 10);
    assert.ok(lines.length <= 20, `${lines.length} lines`);
  });

  it('given defects of ours, then one line a minute tells of them, as such, and the service is not in trouble', () => {
    const { clock, lines, outages } = setUp();
    for (let count = 0; count < 10; count += 1) outages.ended('data', new TypeError('ours'));
    assert.deepEqual(lines, ['error a defect: answers of the data service cannot be read']);
    assert.deepEqual(outages.now(), []);
    clock.pass(MINUTE);
    outages.ended('data', new TypeError('ours'));
    assert.equal(lines.length, 2);
  });

  it('given environments that a service refuses, then each is told once, and of very many only some', () => {
    const { lines, outages } = setUp();
    for (let count = 0; count < 3; count += 1) outages.environmentRefused('buffs', 'pr-9');
    assert.equal(lines.length, 1);
    for (let count = 0; count < 10_000; count += 1) outages.environmentRefused('buffs', `pr-${count}`);
    assert.equal(lines.length, 100);
  });
});

describe('the addresses in one line', () => {
  it('given services that share a URL, then it is told once', () => {
    const addresses = mapServices((service) =>
      service === 'data'
        ? { url: 'http://data/api/', setBy: 'DATA_SERVICE_URL' }
        : { url: URL, setBy: 'BASE_SERVICE_URL' },
    );
    assert.equal(
      describeAddresses(addresses),
      `characters, inventory, buffs, skills at ${URL} (BASE_SERVICE_URL); data at http://data/api/ (DATA_SERVICE_URL)`,
    );
  });
});

describe('which services are named now', () => {
  it('given answers of strangers, or none, then the service is named with the variable, until it has answered', () => {
    for (const error of [STRANGER, REFUSED]) {
      const { outages } = setUp();
      outages.ended('buffs', error);
      const [first, ...others] = outages.now();
      assert.equal(first?.service, 'buffs');
      assert.match(first?.reason ?? '', / \(see BUFFS_SERVICE_URL\)$/);
      assert.doesNotMatch(first?.reason ?? '', /10\.0\.0\.1\/api/);
      assert.deepEqual(others, []);
      outages.ended('buffs', undefined);
      assert.deepEqual(outages.now(), []);
    }
  });

  it('given one that answers with an error, then it is there, and only its gate decides', () => {
    const { outages } = setUp();
    outages.ended('buffs', refused('buffs', 500));
    assert.deepEqual(outages.now(), []);
    assert.match(outages.reason('buffs') ?? '', /answered 500/);
    assert.equal(outages.reason('skills'), undefined);
  });
});
