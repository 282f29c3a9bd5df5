import type { ContainerRuntimeClient } from 'testcontainers'
import { addressOf, ownerOf, removeContainer } from '../container-engine'
import { Watchdog } from '../container-watchdog'
import { ownerLabel } from '../run-label'

/** How a container of the k3s image finds out what a node would find there; a line for each thing: name, yes or no. */
const script = `
say() { if [ "$2" = 0 ]; then echo "$1 yes"; else echo "$1 no"; fi; }
for program in containerd-shim-runc-v2 runc host-local iptables; do command -v $program > /dev/null || missing=1; done
[ -z "$missing" ]; say programs $?
folder=/var/lib/rancher/k3s/probe
mkdir -p $folder/lower $folder/upper $folder/work $folder/merged
mount -t overlay overlay -o lowerdir=$folder/lower,upperdir=$folder/upper,workdir=$folder/work $folder/merged 2> /dev/null; say overlay $?
umount $folder/merged 2> /dev/null
[ -r /dev/kmsg ]; say kmsg $?
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  grep -q memory /sys/fs/cgroup/cgroup.controllers && [ -w /sys/fs/cgroup ]; say cgroups $?
else
  mkdir /sys/fs/cgroup/memory/probe 2> /dev/null && rmdir /sys/fs/cgroup/memory/probe; say cgroups $?
fi
ip link add probe0 type bridge 2> /dev/null; say bridge $?
! command -v iptables > /dev/null || iptables -t nat -L -n > /dev/null 2>&1; say iptables $?
[ -f /proc/sys/net/bridge/bridge-nf-call-iptables ]; say br_netfilter $?
`

/** What a node needs besides a privileged container, and how to come by it. */
export const nodeNeeds = {
  programs: {
    what: 'containerd, runc, iptables or network plugins in the image',
    fix: 'use an image of k3s that is made for agents, as rancher/k3s is',
  },
  overlay: {
    what: 'overlay file systems',
    fix: 'modprobe overlay on the machine of the engine, and keep its data on ext4 or xfs',
  },
  kmsg: { what: '/dev/kmsg', fix: 'run the engine on a machine, or a virtual one, that has it' },
  cgroups: {
    what: 'writable control groups with memory limits',
    fix: 'boot with cgroup_enable=memory, or with systemd.unified_cgroup_hierarchy=1',
  },
  bridge: { what: 'network bridges', fix: 'modprobe bridge veth on the machine of the engine' },
  iptables: {
    what: 'address translation by iptables',
    fix: 'modprobe ip_tables iptable_nat on the machine of the engine',
  },
  br_netfilter: {
    what: 'filtering of bridged packets',
    fix: 'modprobe br_netfilter on the machine of the engine',
  },
} as const

export type NodeNeed = keyof typeof nodeNeeds

/** Reads what the script has printed; what it does not speak of counts as missing. */
export function missingNeedsIn(text: string): readonly NodeNeed[] {
  const there = new Set(
    text.split('\n').flatMap((line) => /^(\w+) yes$/.exec(line.trim())?.[1] ?? []),
  )
  return (Object.keys(nodeNeeds) as NodeNeed[]).filter((need) => !there.has(need))
}

/** Starts a privileged container of the image for a moment, and finds out what a node would lack in it. */
export async function probeNode(
  engine: ContainerRuntimeClient,
  image: string,
): Promise<readonly NodeNeed[]> {
  const { dockerode } = engine.container
  const container = await dockerode.createContainer({
    Image: image,
    Entrypoint: ['sh', '-c', script],
    Cmd: [],
    Labels: { [ownerLabel]: ownerOf() },
    HostConfig: { Privileged: true, NetworkMode: 'none' },
  })
  const watchdog = new Watchdog(addressOf(engine))
  watchdog.watch({ kind: 'container', id: container.id })
  try {
    await container.start()
    await container.wait()
    const log = await container.logs({ stdout: true, stderr: false })
    return missingNeedsIn(log.toString('utf8').replace(/[^\t\n\x20-\x7e]+/g, ''))
  } finally {
    await removeContainer(engine, container.id)
    watchdog.release()
  }
}
