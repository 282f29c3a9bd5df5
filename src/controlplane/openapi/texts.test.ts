import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { textsOfModels, textsPath, textsText } from './generate'
import { schemasFrom } from './schemas'

describe('the OpenAPI texts', () => {
  it('are those of the models: run "npm run generate" when this fails', () => {
    assert.equal(readFileSync(textsPath, 'utf8'), textsText(textsOfModels()))
  })

  it('hold no markup of the comments', () => {
    for (const [type, [description, , fields]] of Object.entries(textsOfModels())) {
      for (const text of [description, ...Object.values(fields)]) {
        assert.doesNotMatch(text, /\*\/|\/\*|\\["']/, type)
      }
    }
  })
})

describe('schemas', () => {
  const schemas = schemasFrom(['DaemonSet', 'Pod', 'Node'], '#/components/schemas/')
  // biome-ignore lint/suspicious/noExplicitAny: schemas are plain JSON
  const of = (name: string): any => schemas.get(name)

  it('refer only to schemas that are there', () => {
    const text = JSON.stringify([...schemas.values()])
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      assert.ok(schemas.has(name), name)
    }
  })

  it('say what must be there', () => {
    assert.deepEqual(of('io.k8s.api.apps.v1.DaemonSetSpec').required, ['selector', 'template'])
    assert.deepEqual(of('io.k8s.api.core.v1.Container').required, ['name'])
  })

  it('KUBECTL-14: say which values a field takes, as explain shows them', () => {
    const { type } = of('io.k8s.api.apps.v1.DaemonSetUpdateStrategy').properties
    assert.deepEqual(type.enum, ['OnDelete', 'RollingUpdate'])
    assert.match(type.description, /\n\nPossible enum values:\n - `"OnDelete"` Replace the old/)
    const { restartPolicy } = of('io.k8s.api.core.v1.PodSpec').properties
    assert.deepEqual(restartPolicy.enum, ['Always', 'Never', 'OnFailure'])
  })

  it('refer to values with a name, in the terms of each version', () => {
    const name = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString'
    assert.deepEqual(of(name).oneOf, [{ type: 'integer' }, { type: 'string' }])
    const old = schemasFrom(['DaemonSet'], '#/definitions/')
    assert.equal(old.get(name)?.['type'], 'string')
    const update = of('io.k8s.api.apps.v1.RollingUpdateDaemonSet').properties
    assert.deepEqual(update.maxSurge.allOf, [{ $ref: `#/components/schemas/${name}` }])
  })

  it('API-160, API-161: carry the merge keys of patches', () => {
    const { properties } = of('io.k8s.api.core.v1.PodSpec')
    assert.equal(properties.volumes['x-kubernetes-patch-strategy'], 'merge,retainKeys')
    assert.equal(properties.volumes['x-kubernetes-patch-merge-key'], 'name')
    assert.equal('x-kubernetes-patch-strategy' in properties.tolerations, false)
    const meta = of('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta').properties
    assert.equal(meta.ownerReferences['x-kubernetes-patch-merge-key'], 'uid')
    assert.equal(meta.finalizers['x-kubernetes-patch-strategy'], 'merge')
  })

  it('API-179: carry the list and map types of server-side apply', () => {
    const container = of('io.k8s.api.core.v1.Container').properties
    assert.deepEqual(container.ports['x-kubernetes-list-map-keys'], ['containerPort', 'protocol'])
    const spec = of('io.k8s.api.core.v1.PodSpec').properties
    assert.equal(spec.tolerations['x-kubernetes-list-type'], 'atomic')
    assert.equal(spec.nodeSelector['x-kubernetes-map-type'], 'atomic')
    assert.deepEqual(spec.topologySpreadConstraints['x-kubernetes-list-map-keys'], [
      'topologyKey',
      'whenUnsatisfiable',
    ])
    const status = of('io.k8s.api.core.v1.PodStatus').properties
    assert.equal(status.hostIPs['x-kubernetes-list-type'], 'atomic')
    const selector = of('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector')
    assert.equal(selector['x-kubernetes-map-type'], 'atomic')
    assert.equal(
      of('io.k8s.api.core.v1.NodeSpec').properties.podCIDRs['x-kubernetes-list-type'],
      'set',
    )
  })
})
