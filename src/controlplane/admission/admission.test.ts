import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deepFrozen } from '../json-body'
import { daemonSetDraft, podDraft, refusalOf, settled, startServer } from '../server-fixture'

const key = (name: string) => ({ namespace: 'default', name })

describe('furniture', () => {
  it('API-215, API-209: is there from the start', async () => {
    const { client } = await startServer()
    const namespaces = (await client.list('Namespace')).items
    assert.deepEqual(
      namespaces.map(({ metadata, status, spec }) => [
        metadata.name,
        status?.phase,
        spec?.finalizers,
      ]),
      ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => [
        name,
        'Active',
        ['kubernetes'],
      ]),
    )
    assert.deepEqual(namespaces[0]?.metadata.labels, { 'kubernetes.io/metadata.name': 'default' })
    const service = await client.get('Service', key('kubernetes'))
    assert.equal(service.spec?.ports?.[0]?.port, 443)
    const classes = (await client.list('PriorityClass')).items
    assert.deepEqual(
      classes.map(({ metadata, value }) => [metadata.name, value]),
      [
        ['system-cluster-critical', 2_000_000_000],
        ['system-node-critical', 2_000_001_000],
      ],
    )
    const refused = await refusalOf(
      client.delete('PriorityClass', { name: 'system-node-critical' }),
    )
    assert.equal(refused.code, 403)
  })
})

describe('pods', () => {
  it('API-207: get five minutes on lost nodes, unless they say something else', async () => {
    const { client } = await startServer()
    const plain = await client.create('Pod', podDraft('plain'))
    const toleration = (condition: string) => ({
      key: `node.kubernetes.io/${condition}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    })
    assert.deepEqual(plain.spec.tolerations, [toleration('not-ready'), toleration('unreachable')])
    const all = { operator: 'Exists' }
    const tolerant = await client.create(
      'Pod',
      podDraft('tolerant', { spec: { tolerations: [all] } }),
    )
    assert.deepEqual(tolerant.spec.tolerations, [all])
    const one = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }
    const half = await client.create('Pod', podDraft('half', { spec: { tolerations: [one] } }))
    assert.deepEqual(half.spec.tolerations, [one, toleration('unreachable')])
  })

  it('API-208: get the priority of their class', async () => {
    const { client } = await startServer()
    const none = await client.create('Pod', podDraft('none'))
    assert.deepEqual([none.spec.priority, none.spec.preemptionPolicy], [0, 'PreemptLowerPriority'])
    const critical = await client.create(
      'Pod',
      podDraft('critical', { spec: { priorityClassName: 'system-node-critical' } }),
    )
    assert.equal(critical.spec.priority, 2_000_001_000)
    const unknown = await refusalOf(
      client.create('Pod', podDraft('unknown', { spec: { priorityClassName: 'nope' } })),
    )
    assert.deepEqual(
      [unknown.code, unknown.message],
      [403, 'pods "unknown" is forbidden: no PriorityClass with name nope was found'],
    )
    const contradicting = await refusalOf(
      client.create('Pod', podDraft('loud', { spec: { priority: 7 } })),
    )
    assert.equal(contradicting.code, 403)
    await client.create('PriorityClass', {
      metadata: { name: 'usual' },
      value: 100,
      globalDefault: true,
      preemptionPolicy: 'Never',
    })
    const usual = await client.create('Pod', podDraft('usual'))
    assert.deepEqual(
      [usual.spec.priorityClassName, usual.spec.priority, usual.spec.preemptionPolicy],
      ['usual', 100, 'Never'],
    )
  })

  it('API-210: wait for their service account', async () => {
    const { client } = await startServer()
    await client.create('Namespace', { metadata: { name: 'young' } })
    const draft = podDraft('a', { metadata: { namespace: 'young' } })
    const error = await refusalOf(client.create('Pod', draft))
    assert.deepEqual(
      [error.code, error.message],
      [
        403,
        'pods "a" is forbidden: error looking up service account young/default: serviceaccount "default" not found',
      ],
    )
    const generated = await refusalOf(
      client.create('Pod', { ...draft, metadata: { generateName: 'agent-', namespace: 'young' } }),
    )
    assert.match(generated.message, /^pods "agent-" is forbidden/)
  })

  it('API-187: get their account, a token volume and its mounts', async () => {
    const { client } = await startServer()
    const pod = await client.create(
      'Pod',
      podDraft('p', { spec: { initContainers: [{ name: 'init', image: 'init:1' }] } }),
    )
    assert.equal(pod.spec.serviceAccountName, 'default')
    assert.equal(pod.spec.serviceAccount, 'default')
    const [volume] = pod.spec.volumes ?? []
    assert.match(volume?.name ?? '', /^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    assert.equal(volume?.projected?.defaultMode, 420)
    assert.equal(volume?.projected?.sources?.length, 3)
    for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
      assert.deepEqual(container.volumeMounts, [
        {
          name: volume?.name,
          readOnly: true,
          mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
        },
      ])
    }
    const without = await client.create(
      'Pod',
      podDraft('q', { spec: { automountServiceAccountToken: false } }),
    )
    assert.equal(without.spec.volumes, undefined)
  })

  it('of one frozen template share their containers', async () => {
    const { client } = await startServer()
    const { spec } = (await client.create('DaemonSet', daemonSetDraft('web'))).spec.template
    assert.ok(spec)
    const [a, b] = await Promise.all(
      ['a', 'b'].map((name) =>
        client.create('Pod', podDraft(name, { spec: deepFrozen({ ...spec }) })),
      ),
    )
    assert.equal(a?.spec.containers, b?.spec.containers)
    assert.equal(a?.spec.volumes, b?.spec.volumes)
  })
})

describe('nodes', () => {
  it('API-211: start with the taint of nodes that are not ready', async () => {
    const { client } = await startServer()
    const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }
    const node = await client.create('Node', { metadata: { name: 'n' } })
    assert.deepEqual(node.spec.taints, [taint])
    const tainted = await client.create('Node', {
      metadata: { name: 'm' },
      spec: { taints: [taint] },
    })
    assert.deepEqual(tainted.spec.taints, [taint])
  })

  it('API-188: may bring their status', async () => {
    const { client } = await startServer()
    const node = await client.create('Node', {
      metadata: { name: 'n' },
      status: { capacity: { pods: '10' } },
    })
    assert.deepEqual(node.status.capacity, { pods: '10' })
  })
})

describe('resource quotas', () => {
  const quota = (name: string, hard: Record<string, string>, spec: object = {}) => ({
    metadata: { name, namespace: 'default' },
    spec: { hard, ...spec },
  })

  it('API-212: refuse the pod too many, and count what is used', async () => {
    const { client } = await startServer()
    await client.create('ResourceQuota', quota('q', { pods: '1', 'count/configmaps': '3' }))
    await settled()
    const fresh = await client.get('ResourceQuota', key('q'))
    assert.deepEqual(fresh.status, {
      hard: { 'count/configmaps': '3', pods: '1' },
      used: { 'count/configmaps': '0', pods: '0' },
    })
    await client.create('Pod', podDraft('a'))
    const error = await refusalOf(client.create('Pod', podDraft('b')))
    assert.deepEqual(
      [error.code, error.message],
      [
        403,
        'pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
      ],
    )
    await settled()
    assert.equal((await client.get('ResourceQuota', key('q'))).status?.used?.['pods'], '1')
    await client.patch(
      'Pod',
      key('a'),
      { type: 'merge', body: { status: { phase: 'Succeeded' } } },
      { subresource: 'status' },
    )
    await client.create('Pod', podDraft('b'))
    await client.delete('Pod', key('b'))
    await settled()
    assert.equal((await client.get('ResourceQuota', key('q'))).status?.used?.['pods'], '0')
  })

  it('API-212: computing resources must be stated, and add up', async () => {
    const { client } = await startServer()
    await client.create(
      'ResourceQuota',
      quota('q', { 'requests.cpu': '300m', 'limits.memory': '1Gi' }),
    )
    const silent = await refusalOf(client.create('Pod', podDraft('silent')))
    assert.equal(
      silent.message,
      'pods "silent" is forbidden: failed quota: q: must specify limits.memory for: main; requests.cpu for: main',
    )
    const asking = (name: string, cpu: string) =>
      podDraft(name, {
        spec: {
          containers: [
            {
              name: 'main',
              image: 'main:1',
              resources: { requests: { cpu, memory: '1Mi' }, limits: { memory: '512Mi' } },
            },
          ],
        },
      })
    await client.create('Pod', asking('a', '200m'))
    const error = await refusalOf(client.create('Pod', asking('b', '200m')))
    assert.equal(
      error.message,
      'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=200m, used: requests.cpu=200m, limited: requests.cpu=300m',
    )
    await client.create('Pod', asking('c', '100m'))
  })

  it('API-212: scopes take in some pods only', async () => {
    const { client } = await startServer()
    await client.create('ResourceQuota', quota('q', { pods: '0' }, { scopes: ['Terminating'] }))
    await client.create('Pod', podDraft('long'))
    const error = await refusalOf(
      client.create('Pod', podDraft('short', { spec: { activeDeadlineSeconds: 5 } })),
    )
    assert.equal(error.code, 403)
  })
})

describe('pod security', () => {
  it('API-214: enforces a level for pods, warns for workloads', async () => {
    const { client, server } = await startServer()
    await client.patch(
      'Namespace',
      { name: 'default' },
      {
        type: 'merge',
        body: {
          metadata: {
            labels: {
              'pod-security.kubernetes.io/enforce': 'baseline',
              'pod-security.kubernetes.io/warn': 'restricted',
            },
          },
        },
      },
    )
    await client.create('Pod', podDraft('plain'))
    const spec = {
      hostNetwork: true,
      hostPID: true,
      volumes: [{ name: 'root', hostPath: { path: '/' } }],
      containers: [
        {
          name: 'main',
          image: 'main:1',
          ports: [{ containerPort: 80, hostPort: 80 }],
          securityContext: { privileged: true, capabilities: { add: ['NET_ADMIN'] } },
        },
      ],
    }
    const error = await refusalOf(client.create('Pod', podDraft('p', { spec })))
    assert.equal(error.code, 403)
    assert.equal(
      error.message,
      'pods "p" is forbidden: violates PodSecurity "baseline:latest": ' +
        'non-default capabilities (container "main" must not include "NET_ADMIN" in securityContext.capabilities.add), ' +
        'host namespaces (hostNetwork=true, hostPID=true), hostPath volumes (volume "root"), ' +
        'hostPort (container "main" uses hostPort 80), ' +
        'privileged (container "main" must not set securityContext.privileged=true)',
    )
    const result = server.handle({
      verb: 'create',
      kind: 'DaemonSet',
      namespace: 'default',
      body: daemonSetDraft('web'),
      userAgent: 't',
    })
    assert.deepEqual(result.warnings, [
      'would violate PodSecurity "restricted:latest": ' +
        'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ])
  })
})
