import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { constants, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { writeKubeconfig } from '../../../controlplane/gateway/kubeconfig'
import { serveCluster } from '../../../controlplane/gateway/served-cluster'
import { wallClock } from '../../../controlplane/gateway/wall-clock'
import { startInProcessCluster } from '../../../controlplane/in-process-cluster'
import type { Kind } from '../../../kubernetes/types'

/** A kubectl that knows its version, says that it has begun, and ends only when it is told to. */
const stuckKubectl = `#!/bin/sh
if [ "$1" = version ]; then
  echo '{"clientVersion": {"gitVersion": "v1.36.0", "minor": "36"}}'
else
  echo yes > "$(dirname "$0")/begun"
  exec sleep 600
fi
`

const daemonSet = {
  metadata: { name: 'fluentd-logging', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: { containers: [{ name: 'agent', image: 'agent:v1' }] },
    },
  },
}

describe('the recorder of what kubectl shows', () => {
  it('takes everything away again when it is interrupted, and records nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dsc-record-kubectl-'))
    const names = ['kubeconfig', 'out.json', 'kubectl', 'begun'] as const
    const [kubeconfig, out, kubectl, begun] = names.map((name) => join(folder, name)) as [
      string,
      string,
      string,
      string,
    ]
    execFileSync('sh', ['-c', 'mkfifo "$0"', begun])
    writeFileSync(kubectl, stuckKubectl, { mode: 0o755 })
    // Open for both, so that neither side waits for the other.
    const signs = new Socket({ fd: openSync(begun, constants.O_RDWR | constants.O_NONBLOCK) })
    const cluster = await startInProcessCluster({ startAt: wallClock.now() })
    try {
      await using served = await serveCluster({ cluster, wallClock, speed: 'real', port: 0 })
      writeKubeconfig(kubeconfig, served.access)
      const client = cluster.client('test')
      const words = ['--require', require.resolve('ts-node/register')]
      const script = join(__dirname, 'record-outputs.ts')
      const child = spawn(
        process.execPath,
        [...words, script, '--kubeconfig', kubeconfig, '--out', out],
        { env: { ...process.env, DSC_KUBECTL: kubectl }, stdio: ['ignore', 'inherit', 'pipe'] },
      )
      let said = ''
      child.stderr.on('data', (text) => {
        said += text
      })
      signs.once('data', () => {
        // Interrupted only when there is something to take away.
        void client.create('DaemonSet', daemonSet).then(() => child.kill('SIGINT'))
      })
      const code = await new Promise((done) => child.on('close', done))
      assert.equal(code, 130, said)
      assert.match(said, /^interrupted: nothing was recorded/)
      assert.ok(!existsSync(out))
      for (const kind of ['Node', 'DaemonSet', 'Pod'] as const satisfies readonly Kind[]) {
        const { items } = await client.list(kind)
        assert.deepEqual(
          items.map(({ metadata }) => metadata.name),
          [],
          kind,
        )
      }
    } finally {
      signs.destroy()
      cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
