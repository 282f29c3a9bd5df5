import type { Client } from '../../kubernetes/client'
import { type Clock, microTimestampOf, type Timer } from '../../kubernetes/clock'
import { StatusError } from '../../kubernetes/status-error'
import type { Lease, Node } from '../../kubernetes/types'

/** How often a node's lease is renewed, and how long it holds (KUBELET-03, NODE-27). */
const lease = {
  namespace: 'kube-node-lease',
  renewMilliseconds: 10_000,
  durationSeconds: 40,
} as const

/** Nodes renew their leases in this many turns, one after the other, so that no moment has too many. */
const turns = 10

/** Every how-manieth renewal the status is reported as well: 5 minutes (KUBELET-02). */
const renewalsPerReport = 30

/** What is renewed for one node. */
interface Beat {
  readonly node: Node
  /** Reports the node's status, with new heartbeat times. */
  readonly report: () => void
  /** As last written; absent when it must be read or created first. */
  lease: Lease | undefined
  isWriting: boolean
  isSilent: boolean
  renewals: number
}

/** Keeps the leases of many nodes fresh, with one timer for all of them. */
export class Heartbeats {
  readonly #client: Client
  readonly #clock: Clock
  readonly #turns: Map<string, Beat>[] = Array.from({ length: turns }, () => new Map())
  readonly #beats = new Map<string, { readonly beat: Beat; readonly turn: number }>()
  #joined = 0
  #turn = 0
  #timer: Timer | undefined

  constructor(client: Client, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  /** Begins with a node: its lease is written now, and then every 10 s. */
  add(node: Node, report: () => void): void {
    const beat: Beat = {
      node,
      report,
      lease: undefined,
      isWriting: false,
      isSilent: false,
      renewals: 0,
    }
    const turn = this.#joined++ % turns
    this.#turns[turn]?.set(node.metadata.name, beat)
    this.#beats.set(node.metadata.name, { beat, turn })
    this.#renew(beat)
    this.#timer ??= this.#clock.after(lease.renewMilliseconds / turns, () => this.#beat())
  }

  remove(name: string): void {
    const entry = this.#beats.get(name)
    if (entry === undefined) return
    this.#beats.delete(name)
    this.#turns[entry.turn]?.delete(name)
  }

  /** Stops the renewals of one node until it speaks again. */
  silence(name: string): void {
    const beat = this.#beats.get(name)?.beat
    if (beat !== undefined) beat.isSilent = true
  }

  /** Renews the lease of a node that was silent, at once. */
  speak(name: string): void {
    const beat = this.#beats.get(name)?.beat
    if (beat === undefined || !beat.isSilent) return
    beat.isSilent = false
    this.#renew(beat)
  }

  stop(): void {
    this.#timer?.cancel()
    for (const turn of this.#turns) turn.clear()
    this.#beats.clear()
  }

  #beat(): void {
    for (const beat of this.#turns[this.#turn]?.values() ?? []) {
      if (beat.isSilent) continue
      beat.renewals++
      if (beat.renewals % renewalsPerReport === 0) beat.report()
      this.#renew(beat)
    }
    this.#turn = (this.#turn + 1) % turns
    this.#timer =
      this.#beats.size === 0
        ? undefined
        : this.#clock.after(lease.renewMilliseconds / turns, () => this.#beat())
  }

  #renew(beat: Beat): void {
    if (beat.isWriting) return
    beat.isWriting = true
    const write =
      beat.lease === undefined ? this.#createOrTakeOver(beat) : this.#update(beat, beat.lease)
    write.then(
      (written) => {
        beat.lease = written
        beat.isWriting = false
      },
      () => {
        // Lost a race, or the lease is gone: the next renewal begins with what is there then.
        beat.lease = undefined
        beat.isWriting = false
      },
    )
  }

  #update({ node }: Beat, present: Lease): Promise<Lease> {
    const spec = { ...present.spec, ...this.#spec(node) }
    return this.#client.update('Lease', { ...present, spec })
  }

  async #createOrTakeOver(beat: Beat): Promise<Lease> {
    const { name, uid } = beat.node.metadata
    const key = { namespace: lease.namespace, name }
    try {
      return await this.#client.create('Lease', {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { ...key, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
        spec: this.#spec(beat.node),
      })
    } catch (error) {
      if (!StatusError.is(error, 'AlreadyExists')) throw error
      return await this.#update(beat, await this.#client.get('Lease', key))
    }
  }

  #spec({ metadata: { name } }: Node) {
    return {
      holderIdentity: name,
      leaseDurationSeconds: lease.durationSeconds,
      renewTime: microTimestampOf(this.#clock.now()),
    }
  }
}
