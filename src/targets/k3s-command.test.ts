import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { agentCommand, clusterEnvironment, serverCommand } from './k3s-command'

const host = '127.0.0.1'

describe('the command of a k3s server', () => {
  it('without agents needs neither a cloud controller nor addresses for pods', () => {
    const command = serverCommand({ host, extraArguments: ['--extra'] })
    assert.equal(command[0], 'server')
    assert(command.includes('--disable-agent'))
    assert(command.includes('--disable-cloud-controller'))
    assert(command.includes('--kube-controller-manager-arg=allocate-node-cidrs=false'))
    assert(command.includes('--tls-san=127.0.0.1'))
    assert.equal(command.at(-1), '--extra')
    assert(!command.some((argument) => argument.includes('flannel')))
  })

  it('with agents hands out addresses, is known under both of its names, and runs no pods itself', () => {
    const command = serverCommand({ host, networkName: 'dsc-abc-server', extraArguments: [] })
    assert(command.includes('--disable-agent'))
    assert(command.includes('--tls-san=127.0.0.1'))
    assert(command.includes('--tls-san=dsc-abc-server'))
    assert(command.includes('--flannel-backend=host-gw'))
    assert(!command.some((argument) => argument.includes('allocate-node-cidrs')))
    assert(!command.includes('--disable-cloud-controller'))
  })
})

describe('the command of a k3s agent', () => {
  it('names the node and a sandbox that is there', () => {
    assert.deepEqual(agentCommand('real-1'), [
      'agent',
      '--node-name=real-1',
      '--pause-image=daemonset-conformance/pause:v1',
    ])
  })

  it('tells no secret: the token is in the environment, with the way to the server', () => {
    assert.deepEqual(clusterEnvironment('secret', 'dsc-abc-server'), {
      K3S_TOKEN: 'secret',
      K3S_URL: 'https://dsc-abc-server:6443',
    })
    assert.deepEqual(clusterEnvironment('secret'), { K3S_TOKEN: 'secret' })
  })
})
