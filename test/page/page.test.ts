/** The page in a real Chromium, over the demo as a process: what people do with it, and what it must never do. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { until } from '../support/wait.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TOKEN = 'the-token-of-the-page-test';
const SHEET = '#/characters/0/1/999';
const VIEWS = ['#/online', SHEET, `${SHEET}?stat=max_hp`, `${SHEET}/what-if`, '#/service', '#/api', '#/nowhere'];
const HOSTILE = '<img src=x onerror="document.title=1">';

let service: ServiceProcess;
let browser: Browser;
let startedAt: number;
let page: Page;
/** What the browser complained about, and where it asked. */
let complaints: string[];
let origins: Set<string>;

async function open(hash: string, options: BrowserContextOptions = {}): Promise<Page> {
  await page?.context().close();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await page.goto(`${service.origin}/${hash}`);
  return page;
}

before(async () => {
  browser = await launchChromium();
  startedAt = performance.now();
  service = await startService({ ADMIN_TOKEN: TOKEN });
});

after(async () => {
  await browser?.close();
  assert.equal(await service?.end(), 0);
});

beforeEach(() => {
  complaints = [];
  origins = new Set();
});

afterEach(() => {
  assert.deepEqual(complaints, [], 'the browser has nothing to complain about');
  assert.deepEqual(
    [...origins].filter((origin) => origin !== service.origin && origin !== 'null'),
    [],
    'nothing is asked from outside',
  );
});

describe('the page', { timeout: 240_000 }, () => {
  test('given the demo just started, when its address is opened, then the page shows who is online, within 10 s', async () => {
    const first = service.output().split('\n')[0] ?? '';
    assert.ok(first.includes(`${service.origin}/`), `the first line of the log has the address: ${first}`);
    await open('');
    await page.getByRole('link', { name: 'Tristan', exact: true }).first().waitFor();
    assert.ok(performance.now() - startedAt < 10_000, 'since the start of the process');
  });

  test('given somebody who asks why a number is so, when three clicks are made, then the lines add up to it', async () => {
    await open('#/online');
    await page.getByRole('searchbox', { name: 'Search' }).fill('trist');
    await until(
      'only Tristan is listed',
      async () => (await page.locator('tbody td.id').allTextContents()).join() === '999',
    );
    await page.getByRole('rowheader').getByRole('link', { name: 'Tristan' }).click();
    await page.getByRole('heading', { level: 1, name: /Tristan/ }).waitFor();
    const stat = page.getByRole('button', { name: /^MaxHP/ });
    await stat.click();
    await until('the breakdown shows the number', async () => {
      const total = await page.locator('.breakdown tr:last-child td:last-child').last().textContent();
      const shown = await stat.locator('.value').textContent();
      return total !== null && /^[\d,]+$/.test(total) && shown?.trim() === total;
    });
    const text = await page.getByRole('region', { name: 'How MaxHP came to be' }).innerText();
    assert.match(text, /Honorable Employee Medal/);
    assert.match(page.url(), /stat=max_hp/);
  });

  test('given a sheet, when things happen, then the timeline tells them, and goes back to what was', async () => {
    await open(SHEET);
    await until('three changes have come', async () => (await page.locator('.ticks i').count()) >= 3, 30_000);
    const slider = page.getByRole('slider', { name: 'Moment that the sheet shows' });
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('heading', { name: 'Stats as they were' }).waitFor();
    await page.locator('.stat.differs .then').first().waitFor();
    assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /\d\d:\d\d:\d\d, after /);
    const place = await page.locator('.moment .id').first().textContent();
    const moment = await page.locator('.moment').textContent();
    assert.ok(moment?.includes(` ${place}`), `words run together: ${moment}`);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByRole('heading', { name: 'Stats', exact: true }).waitFor();
  });

  test('given gear, buffs and their end, when the sheet is read, then it tells them in words', async () => {
    await open(SHEET);
    const worn = page.getByRole('region', { name: 'Worn' });
    await worn.getByText('Zakum Helmet').waitFor();
    assert.match(await worn.innerText(), /hat\s+Zakum Helmet 1002357/);
    await until(
      'a buff counts down',
      async () => {
        const text = await page.getByRole('region', { name: 'Buffs', exact: true }).innerText();
        return /\d:\d\d\s+(Hyper Body|Warrior Potion)/.test(text);
      },
      20_000,
    );
  });

  test('given an item by a part of its name, when it is tried, then the differences show, and the address keeps them', async () => {
    await open(`${SHEET}/what-if`);
    await page.getByRole('searchbox', { name: 'Item to put on in variant A' }).fill('horntail');
    await page.getByRole('button', { name: /Horntail Necklace/ }).click();
    await page.getByText('with Horntail Necklace').waitFor();
    await page.getByRole('button', { name: '+ Another variant' }).click();
    await page.getByLabel('Kind of change to variant B').selectOption('base');
    const variant = page.getByRole('region', { name: 'Variant B' });
    await variant.getByLabel('Value').selectOption('level');
    await variant.getByLabel('Amount').fill('125');
    await variant.getByRole('button', { name: 'Try it' }).click();
    const shows = async () => {
      const row = page.getByRole('row', { name: /^STR/ });
      await until('A has nothing more, B counts the necklace', async () => {
        const cells = await row.getByRole('cell').allInnerTexts();
        return cells.length === 3 && /^\d+$/.test(cells[1] ?? '') && /\+22$/.test(cells[2] ?? '');
      });
    };
    await shows();
    await page.getByText('does not count').first().waitFor();
    await page.reload();
    await shows();
  });

  test('given the service, when it is looked at, then its partitions, events and services are told, and a wrong token is refused', async () => {
    await open('#/service');
    await page.getByRole('row', { name: /^buff\/0/ }).waitFor();
    await page.getByRole('row', { name: /^buff applied/ }).waitFor();
    await page.getByRole('row', { name: /^inventory flowing/ }).waitFor();
    await page.getByText('Everything could be read.').waitFor();
    await page.getByLabel('Admin token').fill(TOKEN);
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByText('Everything could be read.').waitFor();
    await page.getByLabel('Admin token').fill('wrong');
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByText('The bearer token is not the admin token').waitFor();
    complaints = complaints.filter((text) => !text.includes('401'));
  });

  test('given names that are markup, when they are shown, then they are text', async () => {
    await open('#/nowhere');
    await page.route('**/api/effective-stats?*', async (route) => {
      const response = await route.fetch();
      const document = await response.json();
      for (const person of document.data) person.attributes.name = HOSTILE;
      await route.fulfill({ response, json: document });
    });
    await page.goto(`${service.origin}/#/online`);
    await page.getByText(HOSTILE).first().waitFor();
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.title(), 'effective-stats');
  });

  test('given only a keyboard, when a number is to be explained, then that can be done', async () => {
    await open('#/online');
    await page.getByRole('link', { name: 'Tristan', exact: true }).first().waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement?.textContent'), 'Skip to the content');
    await page.keyboard.press('Enter');
    await page.getByRole('rowheader').getByRole('link').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /Tristan/ }).waitFor();
    await page.getByRole('button', { name: /^STR/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'How STR came to be' }).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 390]) {
      test(`given ${colorScheme} colours and ${width} pixels, when each view is judged by axe, then nothing is wrong`, async () => {
        for (const view of VIEWS) {
          await open(view, { colorScheme, reducedMotion: 'reduce', viewport: { width, height: 900 } });
          await page.locator('main h1, main .empty').first().waitFor();
          await until('it is loaded', async () => !(await page.locator('main').textContent())?.includes('asking …'));
          await page.evaluate(AXE);
          const found = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
          assert.deepEqual(violationsIn(found), [], `${view} in ${colorScheme} at ${width}`);
          const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
          assert.ok(overflow <= 0, `${view} is ${overflow} pixels too wide`);
        }
      });
    }
  }
});

/** What is wrong, and where. */
function violationsIn(result: unknown): string[] {
  assert.ok(typeof result === 'object' && result !== null && 'violations' in result);
  const { violations } = result as {
    violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[];
  };
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`),
  );
}
