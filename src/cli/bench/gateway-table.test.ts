import assert from 'node:assert/strict'
import { it } from 'node:test'
import { gatewayTable, type Result } from './gateway-table'

const own: Result = {
  server: 'dsc serve',
  readyMilliseconds: 211.4,
  getsPerSecond: 21_684.6,
  getMillisecondsP50: 1.23,
  getMillisecondsP99: 2.6,
  firstListMilliseconds: 49,
  listMilliseconds: 36,
  listMegabytes: 8.14,
  watchers: 1_000,
  writes: 5_000,
  eventsLost: 0,
  eventsPerSecond: 550_000,
}

it('servers are shown side by side, and what was not measured as such', () => {
  const { readyMilliseconds, ...other } = own
  const table = gatewayTable([own, { ...other, server: 'real.kubeconfig', eventsLost: 3 }])
  assert.equal(
    table,
    [
      '                                  dsc serve  real.kubeconfig',
      'ready after                        211.4 ms                -',
      'GET of a pod, per second              21685            21685',
      'GET of a pod, half within            1.2 ms           1.2 ms',
      'GET of a pod, 99 % within            2.6 ms           2.6 ms',
      'LIST of the pods, size               8.1 MB           8.1 MB',
      'LIST of the pods, the first         49.0 ms          49.0 ms',
      'LIST of the pods, median after      36.0 ms          36.0 ms',
      'watches x writes                1000 x 5000      1000 x 5000',
      'events lost                               0                3',
      'events per second                    550000           550000',
    ].join('\n'),
  )
})
