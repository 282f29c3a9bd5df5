import type { ServiceAccount } from '../../kubernetes/types'
import { strategyOf } from './generic'
import { subdomainNames } from './metadata'
import type { Strategy } from './strategy'

/** How the API server treats service accounts. */
export const serviceAccountStrategy: Strategy<ServiceAccount> = strategyOf<ServiceAccount>({
  names: subdomainNames,
  repeats: 'all',
})
