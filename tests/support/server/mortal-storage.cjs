/**
 * Loaded into a real server (`NODE_OPTIONS=--require`), in its main thread and in its store's worker: while there is a file
 * `NARYAD_KILL_AT` with a number in it, each step by which something is stored and answered is a line in `<file>.steps`, and
 * with that many lines the process ends itself with SIGKILL, as a power cut would. What comes after one step comes before the
 * next, so each step is named by what it precedes.
 */
const { appendFileSync, readFileSync } = require('node:fs')
const { ServerResponse } = require('node:http')
const { isMainThread, parentPort, Worker } = require('node:worker_threads')
const Database = require('libsql')

const file = process.env['NARYAD_KILL_AT'] ?? ''

/** Undefined while nobody is to be killed. */
function killAt() {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** @param {string} name of what is done next */
function step(name) {
  const last = killAt()
  if (last === undefined) return
  // Both threads write into it: a line appended is there whole, and whoever makes it the last one kills.
  appendFileSync(`${file}.steps`, `${name}\n`)
  const lines = readFileSync(`${file}.steps`, 'utf8').split('\n').length - 1
  if (lines >= last) process.kill(process.pid, 'SIGKILL')
}

/**
 * Makes calls of a method steps.
 * @param {object} target
 * @param {string} method
 * @param {(first: unknown) => string | undefined} nameOf by the first argument; undefined for a call that is none
 */
function count(target, method, nameOf) {
  const original = Reflect.get(target, method)
  Reflect.set(
    target,
    method,
    /**
     * @this {unknown}
     * @param {unknown[]} args
     */
    function (...args) {
      const name = nameOf(args[0])
      if (name !== undefined) step(name)
      return Reflect.apply(original, this, args)
    },
  )
}

if (isMainThread) {
  count(Worker.prototype, 'postMessage', () => 'worker is asked')
  count(Worker.prototype, 'emit', (event) => (event === 'message' ? 'server hears the worker' : undefined))
  count(ServerResponse.prototype, 'end', () => 'answer')
} else if (parentPort) {
  const { prepare } = Database.prototype
  /**
   * @this {import('libsql').Database}
   * @param {string} sql
   */
  const prepareCounted = function (sql) {
    const statement = prepare.call(this, sql)
    const name = sql.trim().split(/\s+/).slice(0, 3).join(' ')
    if (/^(INSERT|UPDATE|DELETE)/.test(name)) count(statement, 'run', () => name)
    return statement
  }
  Reflect.set(Database.prototype, 'prepare', prepareCounted)
  count(Database.prototype, 'exec', (sql) => (/^(BEGIN|COMMIT)/.test(String(sql)) ? String(sql) : undefined))
  count(parentPort, 'postMessage', () => 'worker answers')
}
