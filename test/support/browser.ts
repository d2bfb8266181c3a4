/** A Chromium without a window, of the system's own: what a page is held to is what a browser makes of it. Tests only. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const place = process.env.CHROMIUM || USUAL_PLACES.find((path) => existsSync(path));

/** What to do where there is none; false where there is one. */
export const browserAbsent =
  place === undefined &&
  'no Chromium: `apt-get install chromium`, or name one in the environment variable CHROMIUM';

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: place! });
}
