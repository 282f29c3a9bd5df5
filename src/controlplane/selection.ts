import { compileFieldSelector, parseFieldSelector } from '../kubernetes/field-selector'
import { compileLabelSelector } from '../kubernetes/label-selector'
import type { Kind, KubernetesObject } from '../kubernetes/types'
import { strategies } from './kinds/strategies'
import type { Strategy } from './kinds/strategy'

/** Which objects of a kind a list, a watch or a deletion of a collection speaks of, compiled once. */
export interface Selection {
  /** Absent: all namespaces. */
  readonly namespace: string | undefined
  /** The only name that can match, where a field selector names one. */
  readonly name: string | undefined
  /** Whether a label or field selector narrows the objects down. */
  readonly selective: boolean
  /** Whether an object is in the namespace and meets the selectors. */
  matches(object: KubernetesObject): boolean
}

/** What a client writes to select objects. */
export interface SelectionText {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

/**
 * Compiles the selectors of a request for one kind (API-224 to API-227).
 *
 * @throws StatusError `BadRequest` when a selector cannot be parsed or names a field that the kind is not selected by
 */
export function selectionOf(kind: Kind, text: SelectionText): Selection {
  const { namespace, labelSelector = '', fieldSelector = '' } = text
  const tests: ((object: KubernetesObject) => boolean)[] = []
  if (labelSelector !== '') {
    const matches = compileLabelSelector(labelSelector)
    tests.push(({ metadata }) => matches(metadata.labels))
  }
  let name: string | undefined
  if (fieldSelector !== '') {
    const { selectableFields, fieldsOf } = strategies[kind] as Strategy<KubernetesObject>
    tests.push(compileFieldSelector(fieldSelector, selectableFields, fieldsOf))
    name = nameIn(fieldSelector)
  }
  return {
    namespace,
    name,
    selective: tests.length > 0,
    matches(object) {
      if (namespace !== undefined && object.metadata.namespace !== namespace) return false
      if (name !== undefined && object.metadata.name !== name) return false
      return tests.every((test) => test(object))
    },
  }
}

function nameIn(fieldSelector: string): string | undefined {
  return parseFieldSelector(fieldSelector).find(
    ({ field, operator }) => field === 'metadata.name' && operator === '=',
  )?.value
}
