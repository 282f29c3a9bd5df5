import { createHash } from 'node:crypto'
import { stateClasses } from './pod-state'

/** The page's only script: filters and the slider over both histories. The same for every report, so that its hash can be in the policy. */
export const pageScript = `
'use strict'
const form = document.getElementById('filters')
const scenarios = Array.from(document.querySelectorAll('.scenario'))
const shown = document.getElementById('shown')
function apply() {
  const wanted = new FormData(form)
  const text = wanted.get('text').trim().toLowerCase()
  let count = 0
  for (const scenario of scenarios) {
    const visible =
      (wanted.get('verdict') === '' || scenario.dataset.verdict === wanted.get('verdict')) &&
      (wanted.get('group') === '' || scenario.dataset.groups.split(' ').includes(wanted.get('group'))) &&
      (text === '' || scenario.textContent.toLowerCase().includes(text))
    scenario.hidden = !visible
    if (visible) count += 1
  }
  shown.textContent = count + ' shown'
}
form.addEventListener('input', apply)
form.addEventListener('submit', (event) => event.preventDefault())
for (const tile of document.querySelectorAll('.tile')) {
  const verdict = tile.querySelector('dt').textContent
  if (!form.elements.verdict.querySelector('option[value="' + verdict + '"]')) continue
  tile.tabIndex = 0
  tile.setAttribute('role', 'button')
  const choose = () => {
    form.elements.verdict.value = verdict
    apply()
    document.getElementById('scenarios').scrollIntoView()
  }
  tile.addEventListener('click', choose)
  tile.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      choose()
    }
  })
}
const classes = ${JSON.stringify(stateClasses)}
function showMoment(scenario, share) {
  for (const grid of scenario.querySelectorAll('.grid')) {
    const end = Number(grid.dataset.end)
    const now = end * share
    grid.querySelector('.moment').textContent = share === 1 ? 'at the end' : 'after ' + (now / 1000).toFixed(1) + ' s'
    for (const cell of grid.querySelectorAll('[data-states]')) {
      let state = ''
      for (const entry of cell.dataset.states.split('|')) {
        const space = entry.indexOf(' ')
        if (Number(entry.slice(0, space)) > now) break
        state = entry.slice(space + 1)
      }
      cell.textContent = state === 'gone' ? '' : state
      if (cell.dataset.pod) cell.className = (Object.hasOwn(classes, state) ? classes[state] : 'failing') + ' ' + cell.dataset.pod
    }
  }
}
document.getElementById('list').addEventListener('input', (event) => {
  const slider = event.target.closest('.time input')
  if (slider) showMoment(slider.closest('.scenario'), Number(slider.value) / Number(slider.max))
})
`

/** The source expression of the script for the content security policy. */
export const scriptHash = `sha256-${createHash('sha256').update(pageScript).digest('base64')}`
