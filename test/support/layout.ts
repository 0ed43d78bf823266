import type { Page } from 'playwright-core';

/** Runs in the browser: what is cut off, runs over its edge or lies on something else. */
const OUT_OF_PLACE = `(() => {
  const named = element => element.tagName.toLowerCase() + ' ' + element.textContent.trim().replace(/\\s+/g, ' ').slice(0, 60);
  const all = selector => [...document.querySelectorAll(selector)].filter(element => element.checkVisibility());
  const width = document.documentElement.clientWidth;
  const beyond = all('body *')
    .filter(element => element.getBoundingClientRect().right > width + 1 || element.getBoundingClientRect().left < -1)
    .map(element => 'beyond the edge: ' + named(element));
  const cut = all('th, td, dd, summary, .command')
    .filter(element => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
    .map(element => 'wider than its place: ' + named(element));
  const over = all('header, nav, main, main > *, section > *, .artifacts > *, li, dl > div').flatMap(element => {
    const next = element.nextElementSibling;
    if (next === null || !next.checkVisibility()) return [];
    const [one, other] = [element.getBoundingClientRect(), next.getBoundingClientRect()];
    const beside = other.left >= one.right - 1 || other.right <= one.left + 1;
    return beside || other.top >= one.bottom - 1 ? [] : ['over what follows: ' + named(element)];
  });
  return [...beyond, ...cut, ...over].slice(0, 10);
})()`;

export const outOfPlace = (page: Page): Promise<string[]> => page.evaluate(OUT_OF_PLACE);
