import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Kubectl, manifest, withoutAnyKubectl } from './testing/kubectl'

const ds = 'daemonset/fluentd-logging'
const labelled = ['-l', 'app=fluentd-logging'] as const

/** More nodes at a time than the default of one, where there are many. */
const faster = '{"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":"20%"}}}}'

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')

/** The commands of the documentation, in the words of every kubectl since 1.20. */
describe('the round trip of any kubectl', { skip: withoutAnyKubectl }, () => {
  for (const nodes of [3, 40, 1_000]) {
    it(`KUBECTL-15, KUBECTL-30, KUBECTL-36: apply, get, set image, rollout, undo, delete on ${nodes} nodes`, async (test) => {
      await using kubectl = await Kubectl.start({ nodes, speed: 'fast' })
      const startedAt = performance.now()
      const rolledOut = async (): Promise<void> => {
        const out = await kubectl.run('rollout', 'status', ds)
        assert.equal(lines(out).at(-1), 'daemon set "fluentd-logging" successfully rolled out')
      }
      const image = 'jsonpath={.spec.template.spec.containers[0].image}'

      const created = await kubectl.run('apply', '-f', manifest)
      assert.equal(created, 'daemonset.apps/fluentd-logging created\n')
      await rolledOut()
      const [, row = ''] = lines(await kubectl.run('get', 'daemonsets'))
      const count = String(nodes)
      assert.deepEqual(row.split(/ +/).slice(0, 6), [
        ...['fluentd-logging', count, count, count, count, count],
      ])
      const pods = lines(await kubectl.run('get', 'pods', ...labelled, '--no-headers'))
      assert.equal(pods.length, nodes)
      for (const pod of pods) assert.match(pod, /^fluentd-logging-\w{5} +1\/1 +Running +0 /)
      assert.equal(
        await kubectl.run('apply', '-f', manifest),
        'daemonset.apps/fluentd-logging unchanged\n',
      )

      const before = await kubectl.run('get', ds, '-o', image)
      await kubectl.run('patch', ds, '-p', faster)
      const set = await kubectl.run('set', 'image', ds, 'fluentd=fluentd:v2.0')
      assert.equal(set, 'daemonset.apps/fluentd-logging image updated\n')
      await rolledOut()
      const images = await kubectl.run(
        ...['get', 'pods', ...labelled, '-o', 'jsonpath={.items[*].spec.containers[0].image}'],
      )
      assert.deepEqual(images.split(' '), Array(nodes).fill('fluentd:v2.0'))
      assert.match(await kubectl.run('rollout', 'history', ds), /^1 .*\n2 /m)
      await kubectl.run('rollout', 'undo', ds)
      await rolledOut()
      assert.equal(await kubectl.run('get', ds, '-o', image), before)

      const described = await kubectl.run('describe', ds)
      assert.match(described, new RegExp(`^Pods Status: +${nodes} Running / 0 Waiting`, 'm'))
      await kubectl.run('delete', ds, '--cascade=foreground')
      assert.equal(await kubectl.run('get', 'pods', ...labelled, '-o', 'name'), '')
      test.diagnostic(`${nodes} nodes: ${Math.round(performance.now() - startedAt)} ms`)
    })
  }
})
