import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cellsOf, readsAs, tableOf } from './table-cells'

const body = JSON.stringify({
  kind: 'Table',
  columnDefinitions: [
    { name: 'Name', type: 'string', priority: 0 },
    { name: 'Desired', type: 'integer', priority: 0 },
    { name: 'Images', type: 'string', priority: 1 },
  ],
  rows: [{ cells: ['agent', 3, 'agent:v1'] }],
})

describe('a table as steps look at it', () => {
  test('a column of priority 1 is for wide output', () => {
    const shown = tableOf(body).columns.map(({ name, shown }) => `${name} ${shown}`)
    assert.deepEqual(shown, ['Name always', 'Desired always', 'Images wide'])
  })

  test('cells are picked by their columns, as texts', () => {
    assert.deepEqual(cellsOf(tableOf(body), ['Desired', 'Name']), [['3', 'agent']])
    assert.throws(() => cellsOf(tableOf(body), ['Ready']), /no column "Ready", only Name, Desired/)
  })

  test('an empty table has no rows, and a Status is no table', () => {
    assert.deepEqual(tableOf('{"kind":"Table","rows":null}').rows, [])
    assert.throws(() => tableOf('{"kind":"Status"}'), /wanted a Table, found Status/)
  })
})

describe('what a cell reads', () => {
  test('a placeholder stands for its form alone', () => {
    for (const age of ['0s', '119s', '3m20s', '10m', '7h59m', '8h', '2d3h', '9d', '2y35d', '8y']) {
      assert(readsAs(age, '<age>'), age)
    }
    for (const other of ['', '<unknown>', '1.5s', '3m20', '2 d', 'now']) {
      assert(!readsAs(other, '<age>'), other)
    }
    assert(readsAs('2 (5m3s ago)', '2 (5m<digits>s ago)'))
    assert(readsAs('agent-x2b4z', 'agent-<suffix>'))
    assert(!readsAs('agent-x2b4za', 'agent-<suffix>'))
  })

  test('everything else means itself', () => {
    assert(readsAs('<none>', '<none>'))
    assert(readsAs('a.b (c)', 'a.b (c)'))
    assert(!readsAs('axb (c)', 'a.b (c)'))
  })
})
