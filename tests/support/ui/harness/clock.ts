/**
 * Sets the page's clock to the moment in `?at=`, from where it goes on: what the screens show does not depend on when they
 * are shown. Imported before everything that asks for the time.
 */
const at = new URLSearchParams(window.location.search).get('at')
const shift = at === null ? 0 : new Date(at).getTime() - Date.now()
const realNow = Date.now
const now = () => realNow() + shift

window.Date = new Proxy(Date, {
  construct: (target, given, self) => Reflect.construct(target, given.length === 0 ? [now()] : given, self),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
})
