import type { Lease } from '../../kubernetes/types'
import { checkNonNegative } from './checks'
import { invalidValue } from './field-error'
import { strategyOf } from './generic'
import { subdomainNames } from './metadata'
import type { Strategy } from './strategy'
import { changed, within } from './structure'

/** How the API server treats leases: only with a resource version, but also by PUT (API-147, API-148). */
export const leaseStrategy: Strategy<Lease> = strategyOf<Lease>({
  names: subdomainNames,
  freeFinalizers: true,
  defaults: (lease) => changed(lease, { spec: lease.spec ?? {} }),
  prepareForCreate: withoutGatedFields,
  prepareForUpdate: withoutGatedFields,
  check(problems, { spec = {} }) {
    const { leaseDurationSeconds, leaseTransitions } = spec
    if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
      const at = 'spec.leaseDurationSeconds'
      problems.push(invalidValue(at, leaseDurationSeconds, 'must be greater than 0'))
    }
    checkNonNegative(problems, 'spec.leaseTransitions', leaseTransitions)
  },
  unconditionalUpdate: false,
  createOnUpdate: true,
})

/** Coordinated leader election is behind a gate that is off. */
function withoutGatedFields(lease: Lease): Lease {
  return within(lease, 'spec', (spec) =>
    changed(spec, { strategy: undefined, preferredHolder: undefined }),
  )
}
