/**
 * Questions to a page, as expressions that the browser evaluates. They are text: what `tsx` makes of a function names helpers
 * that no page has.
 */

/** Pixels by which the page is wider than the window. */
export const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

export const BACKGROUND = 'getComputedStyle(document.body).backgroundColor';

/** Rows of tables that nobody can see, by their text. */
export const UNSEEN_ROWS = `[...document.querySelectorAll('tbody tr')]
  .filter((row) => !row.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) || row.getClientRects().length === 0)
  .map((row) => row.textContent)`;

/** Cells whose text reaches out of them by more than a pixel, where nothing scrolls. */
export const CUT_CELLS = `[...document.querySelectorAll('th, td, dd, p, summary, li')]
  .filter((each) => each.closest('.scroll') === null && each.checkVisibility() && each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
  .map((each) => each.textContent)`;

/** Words that are too faint on what lies behind them: WCAG 2.2, 1.4.3, https://www.w3.org/TR/WCAG22/#contrast-minimum. */
export const FAINT_WORDS = `(() => {
  const parse = (color) => { const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
  const behind = (element) => element === null ? [255, 255, 255, 1]
    : over(parse(getComputedStyle(element).backgroundColor), behind(element.parentElement));
  const channel = (value) => value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || element.closest('script, title') !== null || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const back = behind(element);
    const ink = over(parse(element instanceof SVGElement ? style.fill : style.color), back);
    const [light, dark] = [luminance(ink), luminance(back)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) found.add(node.data.trim().slice(0, 40) + ' ' + ratio.toFixed(2));
  }
  return [...found];
})()`;

/** Remembers what the keyboard has to reach, in order, and answers how much it is. */
export const LIST_STOPS = `(window.stops = [...document.querySelectorAll('a[href], summary, input, [tabindex="0"]')].filter((each) => each.checkVisibility())).length`;

/** Where the focus is among them (-1: at something that scrolls), and whether one can see it. */
export const FOCUS = `(() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { top, bottom } = element.getBoundingClientRect();
  return {
    stop: window.stops.indexOf(element),
    isScroller: element.scrollWidth > element.clientWidth,
    isMarked: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    isInSight: bottom > 0 && top < innerHeight,
  };
})()`;
