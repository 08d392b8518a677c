/**
 * The virtualizer keeps what is read in place by scrolling as far as the rows above it grew: by fractions of a pixel too, of
 * which the browser drops some each time, always upwards, until some corrections later the text has visibly moved. What was
 * dropped is added to the next correction of this element instead, so that it never amounts to a pixel.
 */
export function carryFractions(element: HTMLElement): void {
  const scroll = element.scrollBy.bind(element)
  let owed = 0
  element.scrollBy = (given?: ScrollToOptions | number, y?: number) => {
    const options: ScrollToOptions = typeof given === 'number' ? { left: given, top: y ?? 0 } : { ...given }
    const wanted = (options.top ?? 0) + owed
    const before = element.scrollTop
    scroll({ ...options, top: wanted })
    owed = wanted - (element.scrollTop - before)
    // It stopped at an end, or moves there smoothly: nothing of that is a rounding.
    if (Math.abs(owed) >= 1) owed = 0
  }
}
