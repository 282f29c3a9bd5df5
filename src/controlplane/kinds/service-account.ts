import type { ServiceAccount } from '../../kubernetes/types'
import { strategyOf } from './generic'
import { subdomainNames } from './metadata'
import type { Strategy } from './strategy'
import { mapped, within } from './structure'

/** How the API server treats service accounts. */
export const serviceAccountStrategy: Strategy<ServiceAccount> = strategyOf<ServiceAccount>({
  names: subdomainNames,
  repeats: 'all',
  prepareForCreate: withPlainSecrets,
  prepareForUpdate: withPlainSecrets,
})

/** Secrets are referred to by name alone. */
function withPlainSecrets(account: ServiceAccount): ServiceAccount {
  return within(account, 'secrets', (secrets) =>
    mapped(secrets, (secret) => {
      if (Object.keys(secret).every((field) => field === 'name')) return secret
      return secret.name === undefined ? {} : { name: secret.name }
    }),
  )
}
