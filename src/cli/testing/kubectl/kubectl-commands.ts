/** One command of the list that is run against a real cluster and against a served one. */
export interface KubectlCommand {
  /** What follows `kubectl`, divided by spaces; `POD` stands for the daemon pod on node-1. */
  readonly line: string
  /** What the command reads from its standard input. */
  readonly input?: string
  /** What `kubectl edit` edits with. */
  readonly editor?: string
  /** The command is run while what came before it is still going on. */
  readonly atOnce?: true
  /** The lines follow the order of generated names, or that of what happened at the same time. */
  readonly inAnyOrder?: true
  /** Only a digest is kept: the output is Kubernetes' documentation, which is not ours to keep. */
  readonly digested?: true
  /** Why a served cluster shows something else altogether, and always does. */
  readonly differs?: string
  /** What a served cluster shows in place of single lines, and why. */
  readonly exceptFor?: {
    readonly because: string
    readonly lines: Readonly<Record<string, string>>
  }
  /** Why a served cluster shows a part of the lines only, and always does. */
  readonly isPart?: string
  /** kubectl 1.32 words it otherwise: other minor releases than the recorded one are held to the exit code. */
  readonly reworded?: true
}

const ds = 'daemonset/fluentd-logging'
const basic = '-f basic-daemonset.yaml'
const status: KubectlCommand = { line: `rollout status ${ds} --timeout=60s`, atOnce: true }
const pods: KubectlCommand = { line: 'get pods -l app=fluentd-logging' }
const simulated = 'a real server has no kubelet to ask; a served one answers in its place'
const served = 'a served cluster has the resources that clients of DaemonSets need'

const plain = (...lines: readonly string[]): readonly KubectlCommand[] =>
  lines.map((line) => ({ line }))

/** Commands that kubectl has begun to word otherwise. */
const reworded = (...lines: readonly string[]): readonly KubectlCommand[] =>
  lines.map((line) => ({ line, reworded: true }))

const rollouts: readonly KubectlCommand[] = [
  ...plain('get nodes', `apply ${basic}`),
  status,
  { line: 'events', inAnyOrder: true },
  { line: 'get events', inAnyOrder: true },
  ...plain('get daemonsets'),
  pods,
  { line: 'get pods -l app=fluentd-logging -o wide', inAnyOrder: true },
  ...plain('get ds -o wide', `apply ${basic}`, `set image ${ds} fluentd=fluentd:v2.0`),
  status,
  ...plain(
    `rollout history ${ds}`,
    `rollout history ${ds} --revision=1`,
    `rollout history ${ds} --revision=9`,
  ),
  ...reworded(`rollout undo ${ds}`),
  status,
  ...reworded(`rollout undo ${ds} --to-revision=2`),
  status,
  ...plain(`rollout restart ${ds}`),
  status,
  ...plain(`rollout pause ${ds}`),
  { line: 'get controllerrevisions', inAnyOrder: true },
  ...reworded('describe daemonset fluentd-logging', 'describe pod/POD', 'describe node node-1'),
]

const nodes: readonly KubectlCommand[] = [
  ...plain(
    'label node node-1 disktype=ssd',
    'label node node-1 disktype=hdd',
    'label node node-1 disktype-',
    'taint node node-1 dedicated=gpu:NoExecute',
  ),
  pods,
  ...plain(
    'taint node node-1 dedicated:NoExecute-',
    'cordon node-1',
    'cordon node-1',
    'get nodes',
    'drain node-1',
    'drain node-1 --ignore-daemonsets',
    'uncordon node-1',
    'wait --for=jsonpath={.status.numberReady}=3 ds/fluentd-logging --timeout=40s',
    'wait --for=condition=Ready node/node-1',
    'wait --for=condition=Ready pod -l app=fluentd-logging',
  ),
]

const patch = (type: string, body: unknown): string =>
  `patch ds fluentd-logging ${type} -p ${JSON.stringify(body)}`

const slowly = { spec: { minReadySeconds: 1 } }
const label = { path: '/metadata/labels/z' }

const writes: readonly KubectlCommand[] = [
  ...plain(
    patch('--type=strategic', slowly),
    patch('--type=merge', { metadata: { labels: { x: 'y' } } }),
    patch('--type=json', [{ op: 'add', ...label, value: '1' }]),
    patch('--type=json', [{ op: 'test', ...label, value: '2' }]),
    patch('--type=strategic', slowly),
  ),
  { line: 'edit ds fluentd-logging', editor: "sed -i 's/minReadySeconds: 1/minReadySeconds: 0/'" },
  { line: 'edit ds fluentd-logging', editor: 'true' },
  ...plain('diff -f new.yaml', `replace ${basic}`),
  status,
  ...plain(
    `apply --server-side ${basic}`,
    `apply --server-side ${basic} --force-conflicts`,
    'apply --server-side -f new.yaml',
  ),
]

const reads: readonly KubectlCommand[] = [
  { line: 'explain daemonset.spec.updateStrategy', digested: true },
  { line: 'explain daemonset.spec.template.spec.containers.ports', digested: true },
  { line: 'api-resources', isPart: served },
  { line: 'api-versions', isPart: served },
  ...plain(
    'get ds fluentd-logging -o yaml',
    'get ds fluentd-logging -o json',
    'get ds -o name',
    'get pods --sort-by=.spec.nodeName -o custom-columns=NODE:.spec.nodeName,PHASE:.status.phase',
    'get ds fluentd-logging -o jsonpath={.spec.template.spec.containers[*].image}',
    'get all',
    'get nosuch',
    'get ds nosuch',
    'scale ds fluentd-logging --replicas=2',
    'autoscale ds fluentd-logging --max=2',
    'expose ds fluentd-logging --port=80',
    `create ${basic}`,
    'create -f daemonset-node-selector.yaml',
    'get ds -A',
    'get ds --show-labels',
    'annotate ds fluentd-logging a=b',
    'auth can-i get pods',
  ),
  { line: 'auth whoami', isPart: 'a token has no certificate to be told by' },
  ...plain(
    'run single --image=nginx:1 --restart=Never',
    'wait --for=condition=Ready pod/single --timeout=40s',
  ),
  { line: 'logs single', differs: simulated },
  { line: 'exec single -- true', differs: simulated },
  ...plain('get pod single'),
  ...reworded('delete pod single'),
  ...plain('cluster-info', 'get --raw /healthz'),
  ...plain('get --raw /readyz?verbose', 'get --raw /livez?verbose', 'get --raw /healthz?verbose'),
  ...plain('top nodes'),
]

const invalid = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'bad' },
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'c' } }, spec: { containers: [{ name: 'A' }] } },
  },
}
const misspelt = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', foo: 'b' } }
const temporary = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'temp' } }

const deletions: readonly KubectlCommand[] = [
  ...plain('apply --dry-run=server -f new.yaml'),
  { line: 'apply -f -', input: JSON.stringify(misspelt) },
  { line: 'apply -f -', input: JSON.stringify(invalid) },
  ...reworded('delete daemonset fluentd-logging --cascade=orphan'),
  pods,
  ...plain(`apply ${basic}`),
  status,
  ...reworded('delete daemonset fluentd-logging --cascade=foreground'),
  pods,
  ...plain(`apply ${basic}`),
  status,
  ...reworded('delete daemonset fluentd-logging', 'delete -f daemonset-node-selector.yaml'),
  pods,
  { line: 'apply -f -', input: JSON.stringify(temporary) },
  ...plain(
    'create configmap a --from-literal=a=b -n temp',
    'get cm,sa -n temp',
    'get ns',
    'delete ns temp --timeout=60s',
    'get ns',
    'describe ns default',
  ),
  { line: 'get leases -A', isPart: 'there is one server, which needs no lease' },
  ...plain('get priorityclasses', 'get svc'),
  {
    line: 'describe svc kubernetes',
    exceptFor: {
      because: 'nothing listens at the address of the service of a served cluster',
      lines: { 'Endpoints: ADDRESS': 'Endpoints: <none>' },
    },
  },
]

/**
 * The commands of the documentation and those that people use beside them, in an order that matters.
 *
 * They begin on a cluster with the nodes node-1 to node-3 and nothing else, and leave it so.
 */
export const kubectlCommands: readonly KubectlCommand[] = [
  ...rollouts,
  ...nodes,
  ...writes,
  ...reads,
  ...deletions,
]
