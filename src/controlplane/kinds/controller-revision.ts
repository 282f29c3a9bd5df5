import type { ControllerRevision } from '../../kubernetes/types'
import { checkImmutable, checkNonNegative } from './checks'
import { required } from './field-error'
import { strategyOf } from './generic'
import { subdomainNames } from './metadata'
import type { Strategy } from './strategy'
import { changed } from './structure'

/** How the API server treats ControllerRevisions (API-58 to API-62, API-191). */
export const controllerRevisionStrategy: Strategy<ControllerRevision> =
  strategyOf<ControllerRevision>({
    names: subdomainNames,
    repeats: 'all',
    // The number is there even when it is 0.
    defaults: (object) => changed(object, { revision: object.revision ?? 0 }),
    check(problems, { data, revision }) {
      checkNonNegative(problems, 'revision', revision)
      if (data === undefined || data === null) {
        problems.push(required('data', 'data is mandatory'))
      } else if (typeof data !== 'object' || Array.isArray(data)) {
        problems.push(required('data', 'data must be a valid JSON object'))
      }
    },
    checkUpdate(problems, { data, revision }, previous) {
      checkNonNegative(problems, 'revision', revision)
      checkImmutable(problems, 'data', data, previous.data)
    },
  })
