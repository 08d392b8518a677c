import { createRequire } from 'node:module'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'

declare global {
  interface Window {
    axe: typeof axe
  }
}

/** Puts axe into every page that is shown from now on. */
export async function addAxe(page: Page): Promise<void> {
  await page.addInitScript({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') })
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Violated rules with the elements that violate them. */
export async function violations(page: Page): Promise<string[]> {
  // A menu floats outside the page's regions by its nature.
  const region = { enabled: !(await page.getByRole('menu').isVisible()) }
  return page.evaluate(
    async (options) => {
      // What appears is pale at first.
      const isEndless = ({ effect }: Animation) => effect?.getComputedTiming().endTime === Infinity
      const ending = document.getAnimations().filter((each) => !isEndless(each))
      await Promise.allSettled(ending.map(({ finished }) => finished))
      const result = await window.axe.run(options)
      return result.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
    },
    { runOnly: rules, resultTypes: ['violations'], rules: { region } } satisfies axe.RunOptions,
  )
}

/** Rows of tabs, filters and files, and the matrix of the roles, scroll sideways in their own box; nothing else does. */
const sidewaysAllowed = 'nav, [role=tablist], [role=group], [role=region]:has([role=grid]), ul:has([data-file])'

/** Gives the page the size of the smallest window and tells what is wider. */
export async function tooWide(page: Page): Promise<string[]> {
  await page.setViewportSize({ width: 320, height: 640 })
  return page.evaluate(
    (allowed) =>
      [document.documentElement, ...document.querySelectorAll('body *')]
        .filter((each) => each.scrollWidth > each.clientWidth + 1 && !each.matches(allowed))
        .filter((each) => each.matches('html') || /auto|scroll/.test(getComputedStyle(each).overflowX))
        .map((each) => each.outerHTML.slice(0, 200)),
    sidewaysAllowed,
  )
}
