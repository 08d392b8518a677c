#!/usr/bin/env node
// Stands in for fpm, which electron-builder makes its .deb with and downloads from a host that may be out of reach: the part of
// `fpm -s dir -t deb` that electron-builder uses, on top of Debian's own dpkg-deb. CUSTOM_FPM_PATH points here.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

const text = /** @type {const} */ ({ type: 'string' })
const list = /** @type {const} */ ({ type: 'string', multiple: true })
const flag = /** @type {const} */ ({ type: 'boolean' })

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    input: { ...text, short: 's' },
    output: { ...text, short: 't' },
    depends: { ...list, short: 'd' },
    'deb-recommends': list,
    force: flag,
    architecture: text,
    name: text,
    version: text,
    description: text,
    maintainer: text,
    vendor: text,
    url: text,
    license: text,
    category: text,
    iteration: text,
    package: text,
    'deb-priority': text,
    'deb-compression': text,
    'after-install': text,
    'after-remove': text,
    'before-install': text,
    'before-remove': text,
  },
})

/** @param {string} folder */
function controlFile(folder) {
  const [kibibytes] = execFileSync('du', ['-sk', folder], { encoding: 'utf8' }).split('\t')
  // The first line is the synopsis; each of the others begins with a blank, an empty one is a lone dot.
  const [synopsis = values.name, ...rest] = (values.description ?? '').trim().split('\n')
  /** @type {[string, string | undefined][]} */
  const fields = [
    ['Package', values.name],
    ['Version', values.version],
    ['Architecture', values.architecture],
    ['Maintainer', values.maintainer],
    ['Installed-Size', kibibytes],
    ['Depends', values.depends?.join(', ')],
    ['Recommends', values['deb-recommends']?.join(', ')],
    ['Section', values.category],
    ['Priority', values['deb-priority']],
    ['Homepage', values.url],
    ['Description', [synopsis, ...rest.map((line) => ` ${line.trim() || '.'}`)].join('\n')],
  ]
  return fields.flatMap(([name, value]) => (value ? [`${name}: ${value}\n`] : [])).join('')
}

const scripts = /** @type {const} */ ([
  ['after-install', 'postinst'],
  ['after-remove', 'postrm'],
  ['before-install', 'preinst'],
  ['before-remove', 'prerm'],
])

/** @param {string} folder */
function pack(folder) {
  for (const mapping of positionals) {
    const at = mapping.lastIndexOf('=/')
    const [source, target] = [mapping.slice(0, at), join(folder, mapping.slice(at + 1))]
    mkdirSync(statSync(source).isDirectory() ? target : dirname(target), { recursive: true })
    cpSync(source, target, { recursive: true, verbatimSymlinks: true })
  }
  const control = controlFile(folder)
  const debian = join(folder, 'DEBIAN')
  mkdirSync(debian)
  writeFileSync(join(debian, 'control'), control)
  for (const [option, name] of scripts) {
    const source = values[option]
    if (!source) continue
    copyFileSync(source, join(debian, name))
    chmodSync(join(debian, name), 0o755)
  }
  // Whatever the umask here: the files are for every user of the machine they are installed on.
  execFileSync('chmod', ['-R', 'u+rwX,go+rX,go-w', folder])
  // What is made here is tried and thrown away: quick matters more than small.
  const quickly = ['-Zgzip', '-z1']
  execFileSync('dpkg-deb', ['--root-owner-group', ...quickly, '--build', folder, String(values.package)])
}

if (values.output !== 'deb') throw new Error(`only deb is made here, not ${values.output}`)
const folder = mkdtempSync(join(tmpdir(), 'naryad-deb-'))
try {
  pack(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
