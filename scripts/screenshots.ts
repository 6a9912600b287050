import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.ts';
import { startService } from '../test/support/service-process.ts';
import { until } from '../test/support/wait.ts';

// Draws the pictures of the page that the docs show, from the demo, or only those named: node scripts/screenshots.ts sheet api
const FOLDER = join(import.meta.dirname, '..', 'docs', 'images');
const SHEET = '#/characters/0/1/999';
const TRIED = [
  [{ kind: 'on', templateId: 1402039, name: 'Maple Soul Rohen' }],
  [
    { kind: 'on', templateId: 1122000, name: 'Horntail Necklace' },
    { kind: 'base', field: 'level', value: 125 },
    { kind: 'buff', type: 'MAPLE_WARRIOR', amount: 15 },
  ],
];

interface Shot {
  readonly name: string;
  readonly hash: string;
  readonly height: number;
  readonly width?: number;
  readonly colorScheme?: 'dark';
  readonly prepare: (page: Page) => Promise<unknown>;
}

const SHOTS: readonly Shot[] = [
  {
    name: 'sheet',
    hash: SHEET,
    height: 900,
    async prepare(page) {
      await until('changes came', async () => (await page.locator('.ticks i').count()) >= 9, 60_000);
      await page.getByRole('button', { name: /^MaxHP/ }).click();
      await until('both buffs count', async () => (await page.locator('.slot.time').count()) === 2, 30_000);
    },
  },
  {
    name: 'sheet-dark',
    hash: SHEET,
    height: 760,
    colorScheme: 'dark',
    async prepare(page) {
      await until('changes came', async () => (await page.locator('.ticks i').count()) >= 6, 60_000);
      await page.getByRole('slider').focus();
      for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowLeft');
      await page.locator('.stat.differs').first().waitFor();
    },
  },
  {
    name: 'what-if',
    hash: `${SHEET}/what-if?v=${encodeURIComponent(JSON.stringify(TRIED))}`,
    height: 900,
    prepare: (page) => page.locator('.compared .move').first().waitFor(),
  },
  {
    name: 'service',
    hash: '#/service',
    height: 760,
    // A sparkline needs some readings.
    prepare: (page) =>
      until(
        'there is a curve',
        async () => {
          const points = await page.locator('.tile polyline').first().getAttribute('points');
          return (points ?? '').split(' ').length >= 8;
        },
        60_000,
      ),
  },
  {
    name: 'api',
    hash: '#/api',
    height: 760,
    async prepare(page) {
      await page.locator('summary', { hasText: '/stats' }).first().click();
      await page.locator('details[open] table').first().waitFor();
    },
  },
  {
    name: 'narrow',
    hash: SHEET,
    width: 390,
    height: 844,
    prepare: (page) => page.locator('.stat').first().waitFor(),
  },
  {
    name: 'online',
    hash: '#/online',
    height: 640,
    prepare: (page) => until('changes came', async () => (await page.locator('.ticker li').count()) >= 8, 60_000),
  },
];

async function take(browser: Browser, origin: string, shot: Shot): Promise<void> {
  const viewport = { width: shot.width ?? 1200, height: shot.height };
  const context = await browser.newContext({
    viewport,
    colorScheme: shot.colorScheme ?? 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(`${origin}/${shot.hash}`);
  await shot.prepare(page);
  await page.screenshot({ path: join(FOLDER, `${shot.name}.png`) });
  await context.close();
}

const named = process.argv.slice(2);
const isWanted = ({ name }: Shot): boolean => named.length === 0 || named.includes(name);
await mkdir(FOLDER, { recursive: true });
const browser = await launchChromium();
const service = await startService({});
try {
  for (const shot of SHOTS.filter(isWanted)) await take(browser, service.origin, shot);
} finally {
  await browser.close();
  await service.end();
}
