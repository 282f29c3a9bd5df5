import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import { StatusError } from '../kubernetes/status-error'
import type { Draft, Kind, Namespace } from '../kubernetes/types'
import { WorkQueue } from '../reconciler/work-queue'
import type { SharedInformers } from './shared-informers'

/** Namespaces that are provided for at the same time. */
const workers = 5

const serviceAccountName = 'default'
const rootCertificateName = 'kube-root-ca.crt'

/** The description that the config map of the root certificate carries. */
const rootCertificateAnnotation = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
} as const

/**
 * Gives every active namespace its service account `default` and the config map `kube-root-ca.crt`, and
 * again when one is deleted.
 *
 * @see GC-28
 */
export class ServiceAccounts {
  readonly #client: Client
  readonly #informers: SharedInformers
  readonly #rootCertificate: string
  readonly #queue: WorkQueue

  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly informers: SharedInformers
    /** In PEM form. */
    readonly rootCertificate: string
  }) {
    this.#client = options.client
    this.#informers = options.informers
    this.#rootCertificate = options.rootCertificate
    const work = (namespace: string) => this.#provide(namespace)
    this.#queue = new WorkQueue({ clock: options.clock, workers, work })
  }

  start(): void {
    const provide = ({ metadata }: Namespace) => this.#queue.add(metadata.name)
    this.#informers.informer('Namespace').handle({ added: provide, updated: provide })
    this.#informers.informer('ServiceAccount').handle({
      deleted: ({ metadata: { name, namespace } }) => {
        if (name === serviceAccountName) this.#queue.add(namespace)
      },
    })
    const restore = (map: { metadata: { name: string; namespace: string } }) => {
      if (map.metadata.name === rootCertificateName) this.#queue.add(map.metadata.namespace)
    }
    this.#informers.informer('ConfigMap').handle({ updated: restore, deleted: restore })
  }

  stop(): void {
    this.#queue.stop()
  }

  async #provide(namespace: string): Promise<void> {
    const owner = this.#informers.informer('Namespace').get(namespace)
    if (owner === undefined || owner.metadata.deletionTimestamp !== undefined) return
    const account = this.#informers
      .informer('ServiceAccount')
      .get(`${namespace}/${serviceAccountName}`)
    if (account === undefined) {
      await this.#create('ServiceAccount', { metadata: { name: serviceAccountName, namespace } })
    }
    const data = { 'ca.crt': this.#rootCertificate }
    const map = this.#informers.informer('ConfigMap').get(`${namespace}/${rootCertificateName}`)
    if (map === undefined) {
      const annotations = rootCertificateAnnotation
      await this.#create('ConfigMap', {
        metadata: { name: rootCertificateName, namespace, annotations },
        data,
      })
    } else if (map.data?.['ca.crt'] !== this.#rootCertificate) {
      await this.#client.update('ConfigMap', { ...map, data })
    }
  }

  async #create(kind: Kind, draft: Draft): Promise<void> {
    try {
      await this.#client.create(kind, draft)
    } catch (error) {
      if (StatusError.is(error, 'AlreadyExists')) return
      // The namespace has begun to go, or is gone: it needs nothing any more.
      if (StatusError.is(error, 'NotFound')) return
      if (!StatusError.hasCause(error, 'NamespaceTerminating')) throw error
    }
  }
}
