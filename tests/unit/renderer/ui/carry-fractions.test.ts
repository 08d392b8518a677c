import { expect, test } from 'vitest'
import { carryFractions } from '#renderer/ui/chat/carry-fractions.ts'

/** As much of an element as scrolls: between 0 and 1000, and to whole pixels only, as a browser does it. */
function scroller(scrollTop: number) {
  const element = {
    scrollTop,
    scrollBy({ top = 0 }: ScrollToOptions) {
      element.scrollTop = Math.min(1000, Math.max(0, Math.floor(element.scrollTop + top)))
    },
  }
  // The function under test touches nothing else of an element.
  carryFractions(element as unknown as HTMLElement)
  return element
}

test('corrections by fractions never amount to a pixel of difference', () => {
  const element = scroller(500)
  let wanted = 500
  for (const top of [39.125, -29.34375, 9.78125, -39.125, 9.78125, 0.4, 0.4, 0.4]) {
    element.scrollBy({ top })
    wanted += top
    expect(Math.abs(element.scrollTop - wanted)).toBeLessThan(1)
  }
})

test('what an end held back is not owed', () => {
  const element = scroller(990)
  element.scrollBy({ top: 200 })
  expect(element.scrollTop).toBe(1000)
  element.scrollBy({ top: -100 })
  expect(element.scrollTop).toBe(900)
})
