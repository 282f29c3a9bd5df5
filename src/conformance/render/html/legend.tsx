import { podStates } from './pod-state'

const revisions = [
  ['ready r0', 'ready, first revision'],
  ['ready r1', 'ready, second'],
  ['ready r2', 'ready, third'],
  ['ready r3', 'ready, fourth'],
] as const

/** What the colours of the histories mean: every one that can occur. */
export function Legend() {
  const states = podStates.filter(({ name }) => name !== 'ready' && name !== 'none')
  return (
    <ul class="legend" aria-label="Colours of the histories">
      {[...revisions, ...states.map(({ name, means }) => [name, means] as const)].map(
        ([name, text]) => (
          <li key={name}>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect class={name} width="10" height="10" />
            </svg>
            {text}
          </li>
        ),
      )}
    </ul>
  )
}
