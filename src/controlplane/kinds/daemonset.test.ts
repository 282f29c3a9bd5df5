import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DaemonSet, Draft } from '../../kubernetes/types'
import {
  daemonSetDraft,
  problemsOf,
  specOf,
  storedAs,
  templateWith,
  textsOf,
  updated,
} from './samples.test'
import { strategies } from './strategies'

const annotation = 'deprecated.daemonset.template.generation'

function templateGenerationOf({ metadata }: DaemonSet): string | undefined {
  return metadata.annotations?.[annotation]
}

function draftOf(stored: DaemonSet, change: { spec?: object; metadata?: object } = {}): Draft {
  return {
    ...stored,
    metadata: { ...stored.metadata, ...change.metadata },
    spec: { ...stored.spec, ...change.spec },
  } as Draft
}

describe('defaults of DaemonSets', () => {
  it('API-08, API-09, API-11: fill in strategy and history limit', () => {
    const { updateStrategy, revisionHistoryLimit, minReadySeconds } = specOf(daemonSetDraft())
    assert.deepEqual(updateStrategy, {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    })
    assert.equal(revisionHistoryLimit, 10)
    assert.equal(minReadySeconds, undefined)
    assert.equal(specOf(daemonSetDraft({ revisionHistoryLimit: 0 })).revisionHistoryLimit, 0)
  })

  it('API-09: treat maxUnavailable and maxSurge apart', () => {
    const strategy = { rollingUpdate: { maxSurge: '10%' } }
    assert.deepEqual(specOf(daemonSetDraft({ updateStrategy: strategy })).updateStrategy, {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: '10%' },
    })
  })

  it('API-10, API-52: leave OnDelete alone', () => {
    const type = 'OnDelete'
    const strategyOf = (updateStrategy: object) =>
      specOf(daemonSetDraft({ updateStrategy })).updateStrategy
    assert.deepEqual(strategyOf({ type }), { type })
    const updateStrategy = { type, rollingUpdate: { maxSurge: 5 } }
    // What is left out is 0, not the default of rolling updates.
    assert.deepEqual(strategyOf(updateStrategy), {
      type,
      rollingUpdate: { maxSurge: 5, maxUnavailable: 0 },
    })
    assert.deepEqual(problemsOf('DaemonSet', daemonSetDraft({ updateStrategy })), [])
  })

  it('API-12: take nothing from the template', () => {
    const { metadata, spec } = storedAs('DaemonSet', daemonSetDraft({ selector: undefined }))
    assert.equal(metadata.labels, undefined)
    assert.equal(spec.selector, undefined)
  })

  it('API-13, API-186: give the template the defaults of pod specs, but not those of pods', () => {
    const template = templateWith({
      hostNetwork: true,
      serviceAccountName: 'agent',
      volumes: [
        { name: 'none' },
        { name: 'host', hostPath: { path: '/var' } },
        { name: 'secret', secret: { secretName: 's' } },
      ],
      containers: [
        {
          name: 'agent',
          image: 'registry:5000/agent',
          ports: [{ containerPort: 80 }],
          resources: { limits: { cpu: '1' } },
          livenessProbe: { httpGet: { port: 80 } },
          env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
        },
        { name: 'side', image: 'side:1' },
      ],
    })
    const { spec } = specOf(daemonSetDraft({ template })).template
    const [agent, side] = spec?.containers ?? []
    assert.deepEqual(
      {
        ...spec,
        containers: undefined,
      },
      {
        hostNetwork: true,
        serviceAccountName: 'agent',
        serviceAccount: 'agent',
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
        schedulerName: 'default-scheduler',
        volumes: [
          { name: 'none', emptyDir: {} },
          { name: 'host', hostPath: { path: '/var', type: '' } },
          { name: 'secret', secret: { secretName: 's', defaultMode: 420 } },
        ],
        containers: undefined,
      },
    )
    assert.deepEqual(agent, {
      name: 'agent',
      image: 'registry:5000/agent',
      ports: [{ containerPort: 80, protocol: 'TCP' }],
      resources: { limits: { cpu: '1' } },
      livenessProbe: {
        httpGet: { port: 80, path: '/', scheme: 'HTTP' },
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
      },
      env: [
        { name: 'NODE', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
      ],
      imagePullPolicy: 'Always',
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    })
    assert.equal(side?.imagePullPolicy, 'IfNotPresent')
    assert.deepEqual(side?.resources, {})
  })
})

describe('creating a DaemonSet', () => {
  it('API-14, API-15, API-184: drops status and generation', () => {
    const stored = storedAs('DaemonSet', {
      ...daemonSetDraft({}, { generation: 5 }),
      status: { numberReady: 3 },
    })
    assert.deepEqual(stored.status, {
      currentNumberScheduled: 0,
      desiredNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
    })
    assert.equal(stored.metadata.generation, 1)
  })

  it('API-05, API-16: keeps a template generation of 1 or more', () => {
    const withGeneration = (text: string | undefined) =>
      templateGenerationOf(
        storedAs(
          'DaemonSet',
          daemonSetDraft({}, text === undefined ? {} : { annotations: { [annotation]: text } }),
        ),
      )
    assert.equal(withGeneration(undefined), '1')
    assert.equal(withGeneration('0'), '1')
    assert.equal(withGeneration('-3'), '1')
    assert.equal(withGeneration('7'), '7')
  })
})

describe('updating a DaemonSet', () => {
  const stored = storedAs('DaemonSet', daemonSetDraft())

  it('API-18: counts a changed template in both generations', () => {
    const template = templateWith({ containers: [{ name: 'agent', image: 'agent:2' }] })
    const { object } = updated('DaemonSet', stored, draftOf(stored, { spec: { template } }))
    assert.equal(object.metadata.generation, 2)
    assert.equal(templateGenerationOf(object), '2')
  })

  it('API-18: tells an empty object from none, but not an empty list', () => {
    const generationOf = (spec: object) =>
      updated('DaemonSet', stored, draftOf(stored, { spec: { template: templateWith(spec) } }))
        .object.metadata.generation
    assert.equal(generationOf({ affinity: {} }), 2)
    assert.equal(generationOf({ tolerations: [], nodeSelector: {}, hostNetwork: false }), 1)
  })

  it('API-19: counts another change of the spec in the generation only', () => {
    const { object } = updated(
      'DaemonSet',
      stored,
      draftOf(stored, { spec: { minReadySeconds: 5 } }),
    )
    assert.equal(object.metadata.generation, 2)
    assert.equal(templateGenerationOf(object), '1')
  })

  it('API-20, API-21: counts nothing else, and ignores generations that are sent', () => {
    const { object } = updated('DaemonSet', stored, {
      ...draftOf(stored, {
        metadata: { labels: { a: 'b' }, generation: 9, annotations: { [annotation]: '9' } },
      }),
    })
    assert.equal(object.metadata.generation, 1)
    assert.equal(templateGenerationOf(object), '1')
    assert.equal(object.spec, stored.spec)
    const removed = updated('DaemonSet', stored, draftOf(stored, { metadata: { annotations: {} } }))
    assert.equal(templateGenerationOf(removed.object), '1')
  })

  it('API-150: gives back what is stored when nothing changes', () => {
    const { object, problems } = updated('DaemonSet', stored, structuredClone(draftOf(stored)))
    assert.deepEqual(object, stored)
    assert.equal(updated('DaemonSet', stored, stored as unknown as Draft).object, stored)
    assert.deepEqual(problems, [])
  })

  it('API-22, API-181: keeps the stored status', () => {
    const { object } = updated('DaemonSet', stored, {
      ...draftOf(stored),
      status: { numberReady: 4 },
    })
    assert.equal(object.status, stored.status)
  })

  it('API-53: refuses a rolling update that defaulting has not given its limits', () => {
    const stored = storedAs('DaemonSet', daemonSetDraft())
    const bare = {
      ...stored,
      spec: { ...stored.spec, updateStrategy: { type: 'RollingUpdate' } },
    } as DaemonSet
    assert.deepEqual(textsOf(strategies.DaemonSet.validateCreate(bare)), [
      'spec.updateStrategy.rollingUpdate: Required value',
    ])
  })

  it('API-56: refuses template generations that contradict the template', () => {
    const numbered = (generation: number, image = 'agent:1') => {
      const stored = storedAs(
        'DaemonSet',
        daemonSetDraft({ template: templateWith({ containers: [{ name: 'agent', image }] }) }),
      )
      const annotations = { [annotation]: String(generation) }
      return { ...stored, metadata: { ...stored.metadata, annotations } } as DaemonSet
    }
    const problems = (object: DaemonSet, previous: DaemonSet) =>
      strategies.DaemonSet.validateUpdate(object, previous, undefined).map(
        ({ field, type, badValue }) => [field, type, badValue],
      )
    const at = (generation: number) => [['spec.templateGeneration', 'Invalid', generation]]
    assert.deepEqual(problems(numbered(3), numbered(3)), [])
    assert.deepEqual(problems(numbered(4, 'agent:2'), numbered(3)), [])
    assert.deepEqual(problems(numbered(-1), numbered(-1)), at(-1))
    assert.deepEqual(problems(numbered(2), numbered(3)), at(2))
    assert.deepEqual(problems(numbered(2, 'agent:2'), numbered(3)), at(2))
    assert.deepEqual(problems(numbered(3, 'agent:2'), numbered(3)), at(3))
    assert.deepEqual(problems(numbered(4), numbered(3)), at(4))
  })

  it('API-54: refuses another selector', () => {
    const selector = { matchLabels: { app: 'other' } }
    const template = templateWith({}, { labels: { app: 'other' } })
    const { problems } = updated(
      'DaemonSet',
      stored,
      draftOf(stored, { spec: { selector, template } }),
    )
    assert.deepEqual(problems, [
      'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    ])
  })

  it('API-55, API-151: refuses another uid, twice', () => {
    const { problems } = updated('DaemonSet', stored, draftOf(stored, { metadata: { uid: 'x' } }))
    assert.deepEqual(problems, [
      'metadata.uid: Invalid value: "x": field is immutable',
      'metadata.uid: Invalid value: "x": field is immutable',
    ])
  })

  it('API-26: warns on create, and on an update of the template only', () => {
    const { warnings } = strategies.DaemonSet
    const template = templateWith({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } })
    const odd = storedAs('DaemonSet', daemonSetDraft({ template }))
    const expected = [
      'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ]
    assert.deepEqual(warnings?.(odd, undefined), expected)
    assert.deepEqual(warnings?.(odd, odd), [])
  })
})

describe('writing the status of a DaemonSet', () => {
  const stored = storedAs('DaemonSet', daemonSetDraft())
  const write = (status: object, previous = stored, change: object = {}) =>
    updated('DaemonSet', previous, { ...draftOf(previous, change), status } as Draft, 'status')

  it('API-28, API-29: keeps spec and generations, takes metadata along', () => {
    const { object } = write({ numberReady: 1 }, stored, {
      spec: { minReadySeconds: 7 },
      metadata: { labels: { a: 'b' } },
    })
    assert.equal(object.spec, stored.spec)
    assert.equal(object.metadata.generation, 1)
    assert.deepEqual(object.metadata.labels, { a: 'b' })
    assert.equal(object.status.numberReady, 1)
  })

  it('API-30, API-184: refuses negative numbers', () => {
    assert.deepEqual(write({ numberReady: -1, collisionCount: -2 }).problems, [
      'status.numberReady: Invalid value: -1: must be greater than or equal to 0',
      'status.collisionCount: Invalid value: -2: must be greater than or equal to 0',
    ])
  })

  it('API-31: does not let the collision count shrink', () => {
    const previous = { ...stored, status: { ...stored.status, collisionCount: 2 } }
    const text = (value: number) =>
      `status.collisionCount: Invalid value: ${value}: cannot be decremented`
    assert.deepEqual(write({ collisionCount: 1 }, previous).problems, [text(1)])
    assert.deepEqual(write({}, previous).problems, [text(0)])
    assert.deepEqual(write({ collisionCount: 3 }, previous).problems, [])
  })

  it('API-32: takes any condition', () => {
    const conditions = [{ type: 'Whatever', status: 'Perhaps', reason: 'E2E' }]
    assert.deepEqual(write({ conditions }).problems, [])
  })
})

describe('validation of DaemonSets', () => {
  const problems = (spec: object, metadata?: object) =>
    problemsOf('DaemonSet', daemonSetDraft(spec, metadata))

  it('API-33, API-34: metadata', () => {
    assert.deepEqual(problems({}, { name: undefined, namespace: undefined }), [
      'metadata.name: Required value: name or generateName is required',
      'metadata.namespace: Required value',
    ])
    const [name, label, key] = problems(
      {},
      { name: 'A_b', labels: { a: '-' }, annotations: { 'a b': '' } },
    )
    assert.match(
      name ?? '',
      /^metadata\.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain/,
    )
    assert.match(label ?? '', /^metadata\.labels: Invalid value: "-": a valid label must be/)
    assert.match(key ?? '', /^metadata\.annotations: Invalid value: "a b": name part must consist/)
  })

  it('API-35 to API-37: the selector', () => {
    const mismatch =
      'spec.template.metadata.labels: Invalid value: {"app":"agent"}: `selector` does not match template `labels`'
    assert.deepEqual(problems({ selector: undefined }), [mismatch])
    assert.deepEqual(problems({ selector: {} }), [
      'spec.selector: Invalid value: {}: empty selector is invalid for daemonset',
    ])
    assert.deepEqual(problems({ selector: { matchLabels: { app: 'x' } } }), [mismatch])
  })

  it('API-38, API-39: the parts of the selector', () => {
    const expressions = (requirement: object) =>
      problems({ selector: { matchExpressions: [{ key: 'app', ...requirement }] } })
    const at = 'spec.selector.matchExpressions[0]'
    assert.deepEqual(expressions({ operator: 'In' }), [
      `${at}.values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
    ])
    assert.deepEqual(expressions({ operator: 'Exists', values: ['a'] }), [
      `${at}.values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
    ])
    assert.deepEqual(expressions({ operator: 'Gt', values: ['1'] }), [
      `${at}.operator: Invalid value: "Gt": not a valid selector operator`,
    ])
    const [value] = expressions({ operator: 'In', values: ['agent', '-'] })
    assert.match(
      value ?? '',
      /^spec\.selector\.matchExpressions\[0\]\.values\[1\]: Invalid value: "-"/,
    )
    const [label] = problems({ selector: { matchLabels: { app: '-' } } })
    assert.match(label ?? '', /^spec\.selector\.matchLabels: Invalid value: "-"/)
  })

  it('API-40: tolerates bad values that are stored already', () => {
    const selector = {
      matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['-'] }],
    }
    const stored = storedAs('DaemonSet', daemonSetDraft({ selector }))
    assert.equal(problems({ selector }).length, 1)
    assert.deepEqual(updated('DaemonSet', stored, draftOf(stored)).problems, [])
  })

  it('API-41 to API-44: the template', () => {
    const template = (spec: object, metadata?: object) =>
      problems({ template: templateWith(spec, metadata) })
    assert.deepEqual(template({ containers: undefined }), [
      'spec.template.spec.containers: Required value',
    ])
    assert.deepEqual(template({ restartPolicy: 'Never' }), [
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ])
    assert.deepEqual(template({ activeDeadlineSeconds: 5 }), [
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported',
    ])
    const [label] = template({}, { labels: { app: 'agent', x: '-' } })
    assert.match(label ?? '', /^spec\.template\.labels: Invalid value: "-"/)
    const ephemeral = template({ ephemeralContainers: [{ name: 'debug', image: 'busybox:1' }] })
    assert.deepEqual(ephemeral, [
      'spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template',
    ])
  })

  it('API-45, API-46: numbers', () => {
    assert.deepEqual(problems({ minReadySeconds: -1, revisionHistoryLimit: -1 }), [
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    ])
  })

  it('API-47: the type of the strategy', () => {
    assert.deepEqual(problems({ updateStrategy: { type: 'Recreate' } }), [
      'spec.updateStrategy: Unsupported value: {"Type":"Recreate","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
    ])
  })

  it('API-119: all problems at once', () => {
    const all = problems({
      minReadySeconds: -1,
      template: templateWith({ restartPolicy: 'Never', containers: [{ name: 'A' }] }),
    })
    assert.equal(all.length, 4)
  })
})

describe('maxUnavailable and maxSurge', () => {
  const at = 'spec.updateStrategy.rollingUpdate'
  const both = `${at}.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero`
  const neither = `${at}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ maxUnavailable: 5 }, []],
    [{ maxUnavailable: '100%' }, []],
    [{ maxUnavailable: 0, maxSurge: 1 }, []],
    [{ maxUnavailable: '0%', maxSurge: '1%' }, []],
    [{ maxSurge: 1 }, [both]],
    [{ maxUnavailable: '1%', maxSurge: 1 }, [both]],
    [{ maxUnavailable: 0, maxSurge: 0 }, [neither]],
    [{ maxUnavailable: '0%', maxSurge: 0 }, [neither]],
    [
      { maxUnavailable: '101%' },
      [`${at}.maxUnavailable: Invalid value: "101%": must not be greater than 100%`],
    ],
    [
      { maxUnavailable: -1 },
      [`${at}.maxUnavailable: Invalid value: -1: must be greater than or equal to 0`],
    ],
  ]
  for (const [rollingUpdate, expected] of cases) {
    it(`API-48 to API-51: ${JSON.stringify(rollingUpdate)}`, () => {
      const draft = daemonSetDraft({ updateStrategy: { rollingUpdate } })
      assert.deepEqual(problemsOf('DaemonSet', draft), expected)
    })
  }

  it('API-48: refuses a text that is no percentage', () => {
    const draft = daemonSetDraft({ updateStrategy: { rollingUpdate: { maxUnavailable: 'many' } } })
    const [first, second] = problemsOf('DaemonSet', draft)
    assert.equal(
      first,
      `${at}.maxUnavailable: Invalid value: "many": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
    )
    assert.equal(second, neither)
  })
})
