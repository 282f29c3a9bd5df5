import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { injectionVectors } from '../testing/injection-vectors'
import { variedReport } from '../testing/varied-report'
import { reproductionOf } from './reproduction'

const [agrees] = variedReport().scenarios
assert.ok(agrees)

describe('the lines that reproduce a scenario', () => {
  it('call the tool as it was called, with the same clusters and seed, beside the report', () => {
    const flags =
      '--target k3s:v1.21.2-k3s1 --reference recording:reports/recordings/v1.36.2.json --seed 7'
    for (const dsc of ['npm run --silent dsc --', 'npx dsc']) {
      const lines = reproductionOf(agrees, { dsc, flags })
      const [run] = lines
      assert.equal(run, `${dsc} run features/a.feature:3 --output reports/again ${flags}`)
      assert.ok(
        lines.includes(`${dsc} serve --fleet dsc-nodes.yaml --kubeconfig dsc.kubeconfig &`),
        lines.join('\n'),
      )
    }
  })

  it("never touch a cluster of the reader's own, not even line by line", () => {
    const lines = reproductionOf(agrees, undefined).join('\n').split('\n')
    const calls = lines.filter((line) => line.includes('kubectl'))
    assert.ok(calls.length >= 3)
    for (const line of calls) assert.match(line, /kubectl --kubeconfig dsc\.kubeconfig /)
    assert.ok(lines.every((line) => !/KUBECONFIG|use-context/.test(line)))
  })

  it('bring nodes and DaemonSets as YAML, without what an API server fills in', () => {
    const text = reproductionOf(agrees, undefined).join('\n')
    const objects = [...text.matchAll(/<<'END'\n([\s\S]*?)\nEND\n/g)]
      .flatMap(([, yaml = '']) => parseAllDocuments(yaml))
      .map((document) => document.toJS())
    assert.deepEqual(objects, [
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'node-10', labels: { zone: 'a' } },
        spec: { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] },
      },
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-2' } },
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'agent' },
        spec: { selector: { matchLabels: { app: 'agent' } }, template: { spec: {} } },
      },
    ])
  })

  it('hold nothing that a shell or a terminal would act on, whatever names and labels say', () => {
    for (const text of [
      ...injectionVectors,
      'x\nEND\nrm -rf ~\n',
      "'; rm -rf ~; '",
      '$(rm -rf ~)',
      'END',
    ]) {
      const scenario = { ...agrees.scenario, uri: text }
      const observation = {
        endState: { Node: { [text]: { labels: { [text]: text }, taints: [text] } } },
        history: { pods: {}, revisions: {}, events: [] },
        refusals: [],
        timeline: [],
      }
      const target = {
        scenario,
        outcome: 'passed',
        steps: [],
        durationSeconds: 0,
        observation,
      } as const
      const lines = reproductionOf({ ...agrees, scenario, target, reference: undefined }, undefined)
      const [run = ''] = lines
      assert.match(
        run,
        /^npm run --silent dsc -- run ('(?:[^']|'\\'')*'|[\w@%+=:,./-]+) --output reports\/again$/,
      )
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not come through
      assert.doesNotMatch(run, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
      const script = lines.join('\n')
      assert.equal(script.match(/^END$/gm)?.length, 1, JSON.stringify(text))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: nor in what is applied
      assert.doesNotMatch(script, /[\u0000-\u0009\u000b-\u001f\u007f]/, JSON.stringify(text))
    }
  })
})
