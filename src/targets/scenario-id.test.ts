import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scenarioIdOf } from './scenario-id'

const outline = (name: string) => ({
  scenario: {
    id: 's2',
    name,
    examples: [
      {
        tableBody: [
          { id: 'r1', cells: [{ value: 'a' }, { value: '1' }] },
          { id: 'r2', cells: [{ value: 'b' }, { value: '2' }] },
        ],
      },
    ],
  },
})
const documentOf = (title: string) => ({
  feature: {
    children: [
      { scenario: { id: 's1', name: 'Plain', examples: [] } },
      { rule: { name: 'Pods MUST run', children: [{}, outline(title)] } },
    ],
  },
})

test('a scenario is named by feature path, rule and title', () => {
  const uri = 'features/placement/taints.feature'
  const plain = { uri, name: 'Plain', astNodeIds: ['s1'] }
  assert.equal(scenarioIdOf(documentOf('x'), plain), 'placement/taints.feature > Plain')
  const row = { uri, name: 'Row b', astNodeIds: ['s2', 'r2'] }
  assert.equal(
    scenarioIdOf(documentOf('Row <name>'), row),
    'placement/taints.feature > Pods MUST run > Row b',
  )
})

test('rows of an outline without a placeholder in its title keep ids of their own', () => {
  const row = { uri: 'features/a.feature', name: 'Same', astNodeIds: ['s2', 'r2'] }
  assert.equal(scenarioIdOf(documentOf('Same'), row), 'a.feature > Pods MUST run > Same (b, 2)')
})

test('the path starts after the last features folder, on every platform', () => {
  for (const uri of ['/x/features/y/features/a.feature', 'C:\\y\\features\\a.feature']) {
    const id = scenarioIdOf({}, { uri, name: 'N', astNodeIds: [] })
    assert.equal(id, 'a.feature > N')
  }
  assert.equal(scenarioIdOf({}, { uri: 'a.feature', name: 'N', astNodeIds: [] }), 'a.feature > N')
})
