// Takes the place of Electron's own resources/default_app.asar in a runtime that was cut out of a packaged app and so lacks
// it. It understands what our tools use: `electron [-v] [-r module] PATH [arguments]`.
const { app } = require('electron')
const fs = require('node:fs')
const path = require('node:path')
const Module = require('node:module')

/** @param {string[]} args */
function parse(args) {
  /** @type {string[]} */
  const modules = []
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]
    if (argument === '-v' || argument === '--version') return { version: true, modules, target: null }
    if (argument === '-r' || argument === '--require') modules.push(args[++index])
    else if (argument.startsWith('--require=')) modules.push(argument.slice('--require='.length))
    else if (!argument.startsWith('-')) return { version: false, modules, target: argument } // the others are Chromium's
  }
  return { version: false, modules, target: null }
}

/** @param {string} target */
function load(target) {
  const folder = path.resolve(target)
  const manifest = path.join(folder, 'package.json')
  const main = Module._resolveFilename(folder, null, true)
  if (fs.existsSync(manifest)) {
    const { version, name, productName, desktopName } = JSON.parse(fs.readFileSync(manifest, 'utf8'))
    if (version) app.setVersion(version)
    if (productName || name) app.setName(productName || name)
    app.setDesktopName(desktopName || `${app.getName()}.desktop`)
    app.setAppPath(folder)
  } else app.setAppPath(path.dirname(main))
  Module._load(main, Module, true)
}

const { version, modules, target } = parse(process.argv.slice(1))
if (version) {
  process.stdout.write(`v${process.versions.electron}\n`)
  process.exit(0)
}
if (target === null) {
  process.stderr.write('usage: electron [options] PATH\n')
  process.exit(1)
}
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true })
try {
  if (modules.length > 0) Module._preloadModules(modules)
  load(target)
} catch (error) {
  process.stderr.write(`The app threw an error while loading\n${error?.stack ?? error}\n`)
  process.exit(1)
}
