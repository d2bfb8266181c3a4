/** Our pages as a browser has them: nothing runs, nothing is fetched, and all of it can be read and reached on any screen. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { browserAbsent, launchBrowser } from '../support/browser.ts';
import { BACKGROUND, CUT_CELLS, FAINT_WORDS, FOCUS, LIST_STOPS, OVERFLOW, UNSEEN_ROWS } from './probes.ts';
import { PAGE_NAMES, type PageName, writeSamplePages } from './sample-pages.ts';

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };
/** A4 within margins of 12 mm, at 96 pixels an inch. */
const PAPER = { width: 703, height: 1032 };

type Focus = { stop: number; isScroller: boolean; isMarked: boolean; isInSight: boolean };

describe('a page in Chromium', { skip: browserAbsent }, () => {
  let browser: Browser;
  let samples: Awaited<ReturnType<typeof writeSamplePages>>;

  before(async () => {
    [browser, samples] = await Promise.all([launchBrowser(), writeSamplePages()]);
  });
  after(async () => {
    await browser?.close();
    if (samples) fs.rmSync(samples.folder, { recursive: true });
  });

  /** Opens a page, has it looked at, and holds it to what no page may do. */
  async function visit(name: PageName, options: BrowserContextOptions, look: (page: Page) => Promise<void>) {
    const context = await browser.newContext({ viewport: DESK, ...options });
    const url = pathToFileURL(samples.pages.get(name)!).href;
    const happened: string[] = [];
    try {
      const page = await context.newPage();
      page.on('console', (message) => happened.push(`console: ${message.text()}`));
      page.on('pageerror', (error) => happened.push(`error: ${error.message}`));
      page.on('dialog', (dialog) => {
        happened.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      context.on('page', () => happened.push('another page'));
      context.on('request', (request) => {
        if (request.url() !== url) happened.push(`request: ${request.url()}`);
      });
      await page.goto(url);
      await look(page);
      assert.equal(page.url().replace(/#.*$/, ''), url);
      assert.equal(await page.evaluate('typeof pwned'), 'undefined');
    } finally {
      await context.close();
    }
    assert.deepEqual(happened, []);
  }

  for (const name of PAGE_NAMES) {
    test(`${name}: fits screens of a desk and a phone, legible in light and dark, and prints what is folded away`, () =>
      visit(name, {}, async (page) => {
        for (const viewport of [DESK, PHONE]) {
          await page.setViewportSize(viewport);
          assert.equal(await page.evaluate(OVERFLOW), 0, `at ${viewport.width} pixels`);
          assert.deepEqual(await page.evaluate(CUT_CELLS), []);
        }
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          assert.deepEqual(await page.evaluate(FAINT_WORDS), [], colorScheme);
        }
        // Whoever prints may have a dark screen.
        await page.setViewportSize(PAPER);
        await page.emulateMedia({ media: 'print' });
        assert.deepEqual(await page.evaluate(UNSEEN_ROWS), []);
        assert.equal(await page.evaluate(OVERFLOW), 0, 'on paper');
        assert.deepEqual(await page.evaluate(FAINT_WORDS), [], 'on paper');
        assert.equal(await page.evaluate(BACKGROUND), 'rgb(255, 255, 255)');
        assert.equal(await page.locator('nav:visible, form:visible').count(), 0);
      }));
  }

  for (const name of ['rich', 'demo'] as const)
    test(`${name}: has every row where scripts are off, the folded ones behind Enter`, () =>
      visit(name, { javaScriptEnabled: false }, async (page) => {
        assert.equal(await page.locator('#filter').isVisible(), false);
        const closed = page.locator('details:not([open]) > summary');
        assert.ok((await closed.count()) > 0);
        while ((await closed.count()) > 0) await closed.first().press('Enter');
        assert.deepEqual(await page.evaluate(UNSEEN_ROWS), []);
      }));

  for (const name of ['rich', 'demo', 'statement'] as const)
    for (const viewport of [DESK, PHONE])
      test(`${name}: Tab reaches all that can be used, in order and in sight, at ${viewport.width} pixels`, () =>
        visit(name, { viewport }, async (page) => {
          const stops = (await page.evaluate(LIST_STOPS)) as number;
          assert.ok(stops > 0);
          for (let next = 0; next < stops; ) {
            await page.keyboard.press('Tab');
            const focus = (await page.evaluate(FOCUS)) as Focus;
            assert.ok(focus.isMarked && focus.isInSight, `stop ${next}: ${JSON.stringify(focus)}`);
            // A browser stops at whatever scrolls, too.
            if (focus.stop === -1) assert.ok(focus.isScroller);
            else assert.equal(focus.stop, next++);
          }
        }));

  test('links of the navigation lead to their sections by Enter, a kind of findings opens by Enter and closes by Space', () =>
    visit('rich', {}, async (page) => {
      await page.locator('nav a', { hasText: 'Licenses' }).press('Enter');
      assert.ok(page.url().endsWith('#licenses'));
      const { y: top } = (await page.locator('#licenses').boundingBox())!;
      assert.ok(top > -1 && top < DESK.height, `${top}`);
      const closed = page.locator('#findings ~ details:not([open])').first();
      const kind = page.locator(
        `details[data-severity]:has-text("${await closed.locator('summary').innerText()}")`,
      );
      await kind.locator('summary').press('Enter');
      assert.equal(await kind.getAttribute('open'), '');
      await kind.locator('summary').press(' ');
      assert.equal(await kind.getAttribute('open'), null);
    }));

  test('a map wider than the screen scrolls by arrow keys', () =>
    visit('long', { viewport: PHONE }, async (page) => {
      const map = page.locator('.scroll[tabindex="0"]').first();
      await map.focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction('document.activeElement.scrollLeft > 0');
    }));

  test('the filter narrows findings by text and severity, says how many are left, and gives all of them back', () =>
    visit('rich', {}, async (page) => {
      const rows = page.locator('details[data-severity] tbody tr:not([hidden])');
      const all = await rows.count();
      await page.locator('input[type=search]').focus();
      await page.keyboard.type('APPROVED by "ann"');
      assert.equal(await rows.count(), 1);
      assert.equal(await page.locator('output').innerText(), '1 shown');
      // What was found opens by itself.
      assert.equal(await rows.first().isVisible(), true);
      await page.locator('input[value=medium]').press(' ');
      assert.equal(await rows.count(), 0);
      assert.equal(await page.locator('output').innerText(), '0 shown');
      await page.locator('input[type=search]').fill('');
      assert.equal(await rows.count(), all - 1);
      await page.locator('input[value=medium]').press(' ');
      assert.equal(await rows.count(), all);
    }));
});
