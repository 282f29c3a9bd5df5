import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { levels, maxTitleLength, needs, proofs } from './behaviour'
import { CatalogueError } from './catalogue-error'
import { parseGroup } from './group-parser'

const head = 'group: PLACE\ntitle: Where pods run\nbehaviours:\n'
const entry = (id: string, ...fields: readonly string[]): string =>
  [`  ${id}:`, ...fields.map((field) => `    ${field}`), ''].join('\n')
const good = entry('PLACE-01', 'title: Pods run', 'level: core')

function problemsOf(text: string): readonly string[] {
  try {
    parseGroup(text, 'place.yaml')
  } catch (error) {
    assert.ok(error instanceof CatalogueError)
    return error.message.split('\n')
  }
  return []
}

describe('a file of the catalogue', () => {
  it('gives every behaviour with what holds for all of them', () => {
    const group = parseGroup(
      [
        'group: PLACE',
        'title: Where pods run',
        'defaults:',
        '  needs: [http]',
        '  proof: test',
        '  because: nobody sees it',
        'behaviours:',
        entry('PLACE-01', 'title: One', 'level: extended'),
        entry(
          'PLACE-02',
          'title: Two',
          'level: core',
          "since: '1.30'",
          'proof: scenario',
          'needs: []',
        ),
        entry('PLACE-03', 'title: Three', 'level: extended', 'outOfScope: not ours'),
      ].join('\n'),
      'place.yaml',
    )
    const base = { group: 'PLACE', file: 'place.yaml' }
    const byTest = { level: 'extended', needs: ['http'], proof: 'test', because: 'nobody sees it' }
    assert.deepEqual(group, {
      name: 'PLACE',
      title: 'Where pods run',
      file: 'place.yaml',
      behaviours: [
        { ...base, ...byTest, id: 'PLACE-01', title: 'One', line: 8 },
        {
          ...base,
          id: 'PLACE-02',
          title: 'Two',
          level: 'core',
          since: 30,
          needs: [],
          proof: 'scenario',
          line: 12,
        },
        { ...base, ...byTest, id: 'PLACE-03', title: 'Three', outOfScope: 'not ours', line: 19 },
      ],
    })
  })

  const wrong: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'an entry without a title',
      head + good + entry('PLACE-02', 'level: core'),
      ['place.yaml:7: PLACE-02: title: wanted text, found nothing'],
    ],
    [
      'an empty title',
      head + entry('PLACE-01', "title: ' '", 'level: core'),
      ['place.yaml:5: PLACE-01: title: wanted text, found " "'],
    ],
    [
      'a title that is too long',
      head + entry('PLACE-01', `title: ${'x'.repeat(maxTitleLength + 1)}`, 'level: core'),
      [
        `place.yaml:5: PLACE-01: title: wanted one line of at most ${maxTitleLength} characters, found 101 characters`,
      ],
    ],
    [
      'an id twice',
      head + good + entry('PLACE-01', 'title: Again', 'level: core'),
      ['place.yaml:7: PLACE-01 is there twice, first in line 4'],
    ],
    [
      'an unknown level',
      head + entry('PLACE-01', 'title: Pods run', 'level: cor'),
      ['place.yaml:6: PLACE-01: level: wanted one of core, extended, found cor'],
    ],
    [
      'an entry without a level',
      head + entry('PLACE-01', 'title: Pods run'),
      ['place.yaml:4: PLACE-01: level: wanted text, found nothing'],
    ],
    [
      'an id of another group',
      head + entry('PLCAE-01', 'title: Pods run', 'level: core'),
      ['place.yaml:4: wanted an id such as PLACE-01, found PLCAE-01'],
    ],
    [
      'a version without quotes',
      head + entry('PLACE-01', 'title: Pods run', 'level: core', 'since: 1.30'),
      ["place.yaml:7: PLACE-01: since: wanted a quoted version such as '1.31'"],
    ],
    [
      'an unknown need',
      head + entry('PLACE-01', 'title: Pods run', 'level: core', 'needs: [luck]'),
      [`place.yaml:7: PLACE-01: needs: wanted one of ${needs.join(', ')}, found luck`],
    ],
    [
      'a need that is no list',
      head + entry('PLACE-01', 'title: Pods run', 'level: core', 'needs: http'),
      ['place.yaml:7: PLACE-01: needs: wanted a list'],
    ],
    [
      'a proof by test without a reason',
      head + entry('PLACE-01', 'title: Pods run', 'level: extended', 'proof: test'),
      ['place.yaml:4: PLACE-01: because: wanted text, found nothing'],
    ],
    [
      'a reason without a proof by test',
      head + entry('PLACE-01', 'title: Pods run', 'level: extended', 'because: so'),
      ['place.yaml:7: PLACE-01: because: only with proof: test'],
    ],
    [
      'a core behaviour for tests only',
      head + entry('PLACE-01', 'title: Pods run', 'level: core', 'proof: test', 'because: so'),
      ['place.yaml:4: PLACE-01: a core behaviour is proven by a scenario, never by a test only'],
    ],
    [
      'a field that nobody knows',
      head + entry('PLACE-01', 'title: Pods run', 'level: core', 'titel: x'),
      ['place.yaml:7: PLACE-01: unknown field titel'],
    ],
    [
      'several problems at once',
      `${head}  PLACE-01:\n    level: low\n`,
      [
        'place.yaml:4: PLACE-01: title: wanted text, found nothing',
        'place.yaml:5: PLACE-01: level: wanted one of core, extended, found low',
      ],
    ],
    [
      'an entry that is only text',
      `${head}  PLACE-01: x\n`,
      ['place.yaml:4: PLACE-01: wanted named values'],
    ],
    [
      'no behaviours',
      'group: PLACE\ntitle: x\nbehaviours: {}\n',
      ['place.yaml:3: behaviours: wanted at least one'],
    ],
    ['an empty file', '', ['place.yaml:1: the file: wanted named values']],
  ]
  for (const [what, text, expected] of wrong) {
    it(`is refused with its line: ${what}`, () => {
      const problems = problemsOf(text)
      assert.deepEqual(problems.slice(0, expected.length), expected)
    })
  }

  it('is refused with its line when it is no YAML', () => {
    const [problem = ''] = problemsOf(`${head}  PLACE-01: [\n`)
    assert.match(problem, /^place\.yaml:\d: /)
  })
})

describe('the published schema', () => {
  it('names the same levels, needs and proofs as the parser', () => {
    const schema = JSON.parse(readFileSync(join(__dirname, 'catalogue.schema.json'), 'utf8'))
    const { title, needs: listOfNeeds, proof, behaviour } = schema.definitions
    assert.deepEqual(listOfNeeds.items.enum, needs)
    assert.deepEqual(proof.enum, proofs)
    assert.deepEqual(behaviour.properties.level.enum, levels)
    assert.equal(title.maxLength, maxTitleLength)
    for (const need of needs) assert.ok(listOfNeeds.description.includes(`${need}: `), need)
  })
})
