const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

/**
 * A length of time the way `kubectl get` prints an age: one or two units, everything rounded down.
 *
 * @see TABLE-27
 */
export function formatAge(milliseconds: number): string {
  if (Number.isNaN(milliseconds)) return '<unknown>'
  const seconds = Math.trunc(milliseconds / second)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  const age = seconds * second
  if (age < 2 * minute) return `${seconds}s`
  if (age < 10 * minute) return two(age, minute, 'm', second, 's')
  if (age < 3 * hour) return one(age, minute, 'm')
  if (age < 8 * hour) return two(age, hour, 'h', minute, 'm')
  if (age < 2 * day) return one(age, hour, 'h')
  if (age < 8 * day) return two(age, day, 'd', hour, 'h')
  if (age < 2 * year) return one(age, day, 'd')
  if (age < 8 * year) return two(age, year, 'y', day, 'd')
  return one(age, year, 'y')
}

function one(age: number, unit: number, name: string): string {
  return `${Math.floor(age / unit)}${name}`
}

function two(age: number, unit: number, name: string, lesser: number, lesserName: string): string {
  const rest = Math.floor((age % unit) / lesser)
  return rest === 0 ? one(age, unit, name) : `${one(age, unit, name)}${rest}${lesserName}`
}
