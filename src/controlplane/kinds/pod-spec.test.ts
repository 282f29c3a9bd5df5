import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { podDraft, problemsOf } from './samples.test'

/** The problems of a pod with this spec. */
function problems(spec: object): readonly string[] {
  return problemsOf('Pod', podDraft(spec))
}

/** The problems of a pod with one container like this. */
function ofContainer(container: object, spec: object = {}): readonly string[] {
  return problems({ containers: [{ name: 'web', image: 'web:1', ...container }], ...spec })
}

const at = 'spec.containers[0]'

describe('validation of containers', () => {
  it('asks for names of their own, images and known policies', () => {
    assert.deepEqual(
      problems({ containers: [{}, { name: 'a', image: 'a' }, { name: 'a', image: 'b' }] }),
      [
        `${at}.name: Required value`,
        `${at}.image: Required value`,
        'spec.containers[2].name: Duplicate value: "a"',
      ],
    )
    assert.deepEqual(
      ofContainer({ imagePullPolicy: 'Sometimes', terminationMessagePolicy: 'Log' }),
      [
        `${at}.terminationMessagePolicy: Unsupported value: "Log": supported values: "File", "FallbackToLogsOnError"`,
        `${at}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`,
      ],
    )
    const [name] = ofContainer({ name: 'Web' })
    assert.match(
      name ?? '',
      /^spec\.containers\[0\]\.name: Invalid value: "Web": a lowercase RFC 1123 label/,
    )
  })

  it('checks ports', () => {
    assert.deepEqual(
      ofContainer({
        ports: [
          { containerPort: 70000, name: 'web' },
          { containerPort: 80, hostPort: 80, name: 'web' },
          { containerPort: 81, hostPort: 80, protocol: 'HTTP' },
          { containerPort: 82, hostPort: 80 },
          {},
        ],
      }),
      [
        `${at}.ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
        `${at}.ports[1].name: Duplicate value: "web"`,
        `${at}.ports[2].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"`,
        `${at}.ports[4].containerPort: Required value`,
        `${at}.ports[3].hostPort: Duplicate value: "TCP//80"`,
      ],
    )
    assert.deepEqual(ofContainer({ ports: [{ containerPort: 80, name: 'a--b-' }] }), [
      `${at}.ports[0].name: Invalid value: "a--b-": must not contain consecutive hyphens`,
      `${at}.ports[0].name: Invalid value: "a--b-": must not begin or end with a hyphen`,
    ])
  })

  it('asks for the port of the host in its network', () => {
    assert.deepEqual(
      ofContainer({ ports: [{ containerPort: 80, hostPort: 81 }] }, { hostNetwork: true }),
      [
        `${at}.ports[0].hostPort: Invalid value: 81: must match \`containerPort\` when \`hostNetwork\` is true`,
      ],
    )
  })

  it('checks environment variables', () => {
    assert.deepEqual(
      ofContainer({
        env: [
          { name: 'a=b' },
          { name: '1st name', value: 'is fine' },
          { name: 'A', valueFrom: {} },
          { name: 'B', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'C', valueFrom: { fieldRef: { fieldPath: 'spec.hostname' } } },
          { name: 'D', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } },
          { name: 'E', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } },
          { name: 'F', valueFrom: { secretKeyRef: { name: 's', key: 'a/b' } } },
          { name: 'G', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
        ],
        envFrom: [{ prefix: 'P_', configMapRef: { name: 'c' } }, {}],
      }),
      [
        `${at}.env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
        `${at}.env[2].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\`, \`secretKeyRef\` or \`fileKeyRef\``,
        `${at}.env[3].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`,
        `${at}.env[4].valueFrom.fieldRef.fieldPath: Invalid value: "spec.hostname": error converting fieldPath: field label not supported: spec.hostname`,
        `${at}.env[5].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"`,
        `${at}.env[6].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"`,
        `${at}.env[7].valueFrom.secretKeyRef.key: Invalid value: "a/b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
        `${at}.envFrom: Invalid value: "": must specify one of: \`configMapRef\` or \`secretRef\``,
      ],
    )
  })

  it('lets containers mount volumes that exist, each at its own place', () => {
    assert.deepEqual(
      ofContainer(
        {
          volumeMounts: [
            { name: 'v', mountPath: '/a' },
            { name: 'gone', mountPath: '/b' },
            { name: 'v', mountPath: '/a' },
            { name: 'v', mountPath: '/c', subPath: '../x' },
            { name: 'v', mountPath: '/d', mountPropagation: 'Bidirectional' },
          ],
        },
        { volumes: [{ name: 'v', emptyDir: {} }] },
      ),
      [
        `${at}.volumeMounts[1].name: Not found: "gone"`,
        `${at}.volumeMounts[2].mountPath: Invalid value: "/a": must be unique`,
        `${at}.volumeMounts.subPath: Invalid value: "../x": must not contain '..'`,
        `${at}.volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers`,
      ],
    )
  })

  it('checks probes and lifecycle', () => {
    assert.deepEqual(
      ofContainer({
        livenessProbe: { httpGet: { port: 0 }, successThreshold: 2 },
        readinessProbe: { tcpSocket: { port: 'web' }, exec: { command: ['a'] }, periodSeconds: -1 },
        startupProbe: {},
        lifecycle: { preStop: { sleep: { seconds: 31 } } },
      }),
      [
        `${at}.lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)`,
        `${at}.livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive`,
        `${at}.livenessProbe.successThreshold: Invalid value: 2: must be 1`,
        `${at}.readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`,
        `${at}.readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0`,
        `${at}.startupProbe: Required value: must specify a handler type`,
      ],
    )
  })

  it('compares requests with limits', () => {
    assert.deepEqual(
      ofContainer({
        resources: {
          requests: { cpu: '2', memory: '1Gi', 'example.com/gpu': '1' },
          limits: { cpu: '1500m', memory: '1024Mi' },
        },
      }),
      [
        `${at}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1500m`,
        `${at}.resources.limits: Required value: Limit must be set for non overcommitable resources`,
      ],
    )
    assert.deepEqual(ofContainer({ resources: { limits: { cpu: '-1', gpu: '1' } } }), [
      `${at}.resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
      `${at}.resources.limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified`,
      `${at}.resources.limits[gpu]: Invalid value: "gpu": must be a standard resource for containers`,
      `${at}.resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
      `${at}.resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified`,
      `${at}.resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers`,
    ])
  })

  it('checks security contexts', () => {
    const [escalation, ...rest] = ofContainer({
      securityContext: {
        runAsUser: -1,
        privileged: true,
        allowPrivilegeEscalation: false,
        seccompProfile: { type: 'Localhost' },
      },
    }).filter((problem) => !problem.includes('runAsUser'))
    assert.match(rest[0] ?? escalation ?? '', /securityContext/)
    assert.deepEqual(
      ofContainer({ securityContext: { runAsUser: -1, seccompProfile: { type: 'Localhost' } } }),
      [
        `${at}.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive`,
        `${at}.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost`,
      ],
    )
  })

  it('holds init containers to their own rules', () => {
    assert.deepEqual(
      problems({
        initContainers: [
          { name: 'web', image: 'i', readinessProbe: { tcpSocket: { port: 1 } } },
          {
            name: 'side',
            image: 's',
            restartPolicy: 'Always',
            livenessProbe: { tcpSocket: { port: 1 } },
          },
        ],
      }),
      [
        'spec.initContainers[0].name: Duplicate value: "web"',
        'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      ],
    )
  })
})

describe('validation of volumes', () => {
  const volumes = (...list: object[]) => problems({ volumes: list })

  it('asks for names and exactly one source', () => {
    assert.deepEqual(
      volumes(
        { emptyDir: {} },
        { name: 'a', emptyDir: {}, hostPath: { path: '/' } },
        { name: 'b', emptyDir: {} },
        { name: 'b', hostPath: { path: '/' } },
      ),
      [
        'spec.volumes[0].name: Required value',
        'spec.volumes[1].hostPath: Forbidden: may not specify more than 1 volume type',
        'spec.volumes[3].name: Duplicate value: "b"',
      ],
    )
  })

  it('looks into each source', () => {
    assert.deepEqual(
      volumes(
        { name: 'a', hostPath: { path: '/a/../b' } },
        { name: 'b', hostPath: { path: '/b', type: 'Folder' } },
        { name: 'c', configMap: { defaultMode: 1000 } },
        { name: 'd', secret: { secretName: 's', items: [{ key: 'k', path: '../k' }] } },
        { name: 'e', persistentVolumeClaim: {} },
        { name: 'f', csi: {} },
        { name: 'g', downwardAPI: { items: [{ path: 'x' }] } },
        {
          name: 'h',
          projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 5 } }] },
        },
      ),
      [
        'spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain \'..\'',
        'spec.volumes[1].hostPath.type: Unsupported value: "Folder": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
        'spec.volumes[2].configMap.name: Required value',
        'spec.volumes[2].configMap.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive',
        'spec.volumes[3].secret.items[0].path: Invalid value: "../k": must not contain \'..\'',
        'spec.volumes[4].persistentVolumeClaim.claimName: Required value',
        'spec.volumes[5].csi.driver: Required value',
        'spec.volumes[6].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required',
        'spec.volumes[7].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
      ],
    )
  })
})

describe('validation of placement', () => {
  const hard = 'requiredDuringSchedulingIgnoredDuringExecution'
  const ofTerms = (...nodeSelectorTerms: object[]) =>
    problems({ affinity: { nodeAffinity: { [hard]: { nodeSelectorTerms } } } })
  const terms = `spec.affinity.nodeAffinity.${hard}.nodeSelectorTerms`

  it('PLACE-13: asks for at least one term', () => {
    assert.deepEqual(ofTerms(), [
      `${terms}: Required value: must have at least one node selector term`,
    ])
    assert.deepEqual(ofTerms({}), [])
  })

  it('PLACE-14 to PLACE-17: checks operators against their values', () => {
    const ofExpression = (expression: object) =>
      ofTerms({ matchExpressions: [{ key: 'a', ...expression }] })
    const first = `${terms}[0].matchExpressions[0]`
    assert.deepEqual(ofExpression({ operator: 'NotIn' }), [
      `${first}.values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
    ])
    assert.deepEqual(ofExpression({ operator: 'Exists', values: ['a'] }), [
      `${first}.values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
    ])
    assert.deepEqual(ofExpression({ operator: 'Gt', values: ['1', '2'] }), [
      `${first}.values: Required value: must be specified single value when \`operator\` is 'Lt' or 'Gt'`,
    ])
    assert.deepEqual(ofExpression({ operator: 'Near' }), [
      `${first}.operator: Invalid value: "Near": not a valid selector operator`,
    ])
  })

  it('PLACE-18: knows one field, and compares it with one value', () => {
    const ofField = (field: object) => ofTerms({ matchFields: [field] })
    const first = `${terms}[0].matchFields[0]`
    assert.deepEqual(ofField({ key: 'metadata.name', operator: 'In', values: ['a'] }), [])
    assert.deepEqual(ofField({ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }), [
      `${first}.values: Required value: must be only one value when \`operator\` is 'In' or 'NotIn' for node field selector`,
    ])
    assert.deepEqual(ofField({ key: 'spec.x', operator: 'Exists' }), [
      `${first}.operator: Invalid value: "Exists": not a valid selector operator`,
      `${first}.key: Invalid value: "spec.x": not a valid field selector key`,
    ])
  })

  it('asks pod affinity for a topology', () => {
    const affinity = { podAffinity: { [hard]: [{ labelSelector: {} }] } }
    const field = `spec.affinity.podAffinity.${hard}[0].topologyKey`
    const [empty, name] = problems({ affinity })
    assert.equal(empty, `${field}: Required value: can not be empty`)
    assert.match(name ?? '', /topologyKey: Invalid value: "": name part must be non-empty/)
  })

  it('PLACE-25, GATES-07: checks tolerations', () => {
    const ofToleration = (toleration: object) => problems({ tolerations: [toleration] })
    const first = 'spec.tolerations[0]'
    assert.deepEqual(ofToleration({ operator: 'Exists' }), [])
    assert.deepEqual(ofToleration({ value: 'a' }), [
      `${first}.operator: Invalid value: "": operator must be Exists when \`key\` is empty, which means "match all values and all keys"`.replace(
        '"match all values and all keys"',
        '"match all values and all keys"',
      ),
    ])
    assert.deepEqual(ofToleration({ key: 'a', operator: 'Exists', value: 'b' }), [
      `${first}.operator: Invalid value: "b": value must be empty when \`operator\` is 'Exists'`,
    ])
    assert.deepEqual(ofToleration({ key: 'a', operator: 'Exists', tolerationSeconds: 5 }), [
      `${first}.effect: Invalid value: "": effect must be 'NoExecute' when \`tolerationSeconds\` is set`,
    ])
    assert.deepEqual(ofToleration({ key: 'a', operator: 'Lt', value: '5' }), [
      `${first}.operator: Unsupported value: "Lt": supported values: "Equal", "Exists", "Lt", "Gt"`,
    ])
    assert.deepEqual(ofToleration({ key: 'a', effect: 'Never' }), [
      `${first}.effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"`,
    ])
  })

  it('checks spread constraints, node selectors and the rest of a spec', () => {
    assert.deepEqual(
      problems({
        nodeName: 'worker',
        dnsPolicy: 'None',
        hostAliases: [{ ip: '10.0.0.256', hostnames: ['a'] }],
        topologySpreadConstraints: [{ maxSkew: 0, whenUnsatisfiable: 'Never', labelSelector: {} }],
        activeDeadlineSeconds: 0,
      }),
      [
        'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None',
        'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
        'spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
        'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Never": supported values: "DoNotSchedule", "ScheduleAnyway"',
        'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
        'spec.hostAliases[0].ip: Invalid value: "10.0.0.256": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    )
  })
})
