import type { Finding } from './doctor'
import { messageOf } from './errors'

/** How long a registry may take to answer, in milliseconds. */
const registryMilliseconds = 4000

/** Whether a registry answers at an address, as seen from this machine. */
export async function registryFinding(name: string, origin: string): Promise<Finding> {
  const url = `${origin.replace(/\/+$/, '')}/v2/`
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(registryMilliseconds) })
    // 401 is how a registry says hello to those who have not logged in.
    if (status < 400 || status === 401) return { name, state: 'ok', detail: `${url} answers` }
    const fix = status < 500 ? 'check the address: this is no registry' : 'try again later'
    return { name, state: 'warning', detail: `${url} answers ${status}`, fix }
  } catch (error) {
    return {
      name,
      state: 'warning',
      detail: `${url} cannot be reached (${messageOf(error)})`,
      fix: 'bring the images in as archives (docker load, DSC_PRELOAD), or set a proxy for the engine',
    }
  }
}
