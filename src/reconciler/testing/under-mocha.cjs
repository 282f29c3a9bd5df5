/**
 * Lets mocha run tests that are written for `node:test`.
 *
 * Under mocha Stryker knows for each single test which mutants it reaches, and tries them in one process. For `node:test`
 * it would start a process per file and mutant, which takes hours.
 */
const Module = require('node:module')

const load = Module._load
Module._load = function (request, ...rest) {
  if (request !== 'node:test') return load.call(this, request, ...rest)
  return { describe: globalThis.describe, test: globalThis.it, it: globalThis.it }
}
