import { createHash } from 'node:crypto'
import { stateClasses } from './pod-state'

/** The page's only script: filters, links to scenarios and the slider over both histories. The same for every report, so that its hash can be in the policy. */
export const pageScript = `
'use strict'
const form = document.getElementById('filters')
const field = (name) => form.querySelector('[name=' + name + ']')
const scenarios = Array.from(document.querySelectorAll('.scenario'))
const parts = Array.from(document.querySelectorAll('.part'))
const shown = document.getElementById('shown')
const has = (list, word) => list.split(' ').includes(word)
function apply() {
  const text = field('text').value.trim().toLowerCase()
  const tag = field('tag').value.trim()
  const verdict = field('verdict').value
  const group = field('group').value
  let count = 0
  for (const scenario of scenarios) {
    const visible =
      (verdict === '' || scenario.dataset.verdict === verdict) &&
      (group === '' || has(scenario.dataset.groups, group)) &&
      (tag === '' || has(scenario.querySelector('.tags').textContent, tag.startsWith('@') ? tag : '@' + tag)) &&
      (text === '' || scenario.textContent.toLowerCase().includes(text))
    scenario.hidden = !visible
    if (visible) count += 1
  }
  for (const part of parts) part.hidden = !part.querySelector('.scenario:not([hidden])')
  for (const tile of document.querySelectorAll('.tile')) tile.setAttribute('aria-pressed', String(tile.dataset.verdict === verdict))
  shown.textContent = count + ' shown'
}
form.addEventListener('input', apply)
form.addEventListener('submit', (event) => event.preventDefault())
for (const tile of document.querySelectorAll('.tile')) {
  tile.addEventListener('click', () => {
    field('verdict').value = field('verdict').value === tile.dataset.verdict ? '' : tile.dataset.verdict
    apply()
    document.getElementById('scenarios').scrollIntoView()
  })
}
function follow() {
  const scenario = scenarios.find((each) => '#' + each.id === location.hash)
  if (!scenario) return
  if (scenario.hidden) {
    form.reset()
    apply()
  }
  scenario.open = true
  scenario.scrollIntoView()
  scenario.querySelector('summary').focus({ preventScroll: true })
}
addEventListener('hashchange', follow)
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#"]')
  if (link && link.hash === location.hash) follow()
})
const classes = ${JSON.stringify(stateClasses)}
function showMoment(grid, now) {
  const isEnd = now >= Number(grid.dataset.end)
  grid.querySelector('.moment').textContent = isEnd ? 'at the end' : 'after ' + (now / 1000).toFixed(1) + ' s'
  for (const cell of grid.querySelectorAll('[data-states]')) {
    let state = ''
    for (const entry of cell.dataset.states.split('|')) {
      const space = entry.indexOf(' ')
      if (Number(entry.slice(0, space)) > now) break
      state = entry.slice(space + 1)
    }
    cell.textContent = state === 'gone' || state === '' ? '' : state + (cell.dataset.revision || '')
    const shade = cell.classList.item(1)
    if (shade) cell.className = (Object.hasOwn(classes, state) ? classes[state] : 'failing') + ' ' + shade
  }
}
document.getElementById('list').addEventListener('input', (event) => {
  const slider = event.target.closest('.time input')
  if (!slider) return
  const share = Number(slider.value) / Number(slider.max)
  slider.setAttribute('aria-valuetext', Math.round(share * 100) + ' % of each history')
  for (const grid of slider.closest('.scenario').querySelectorAll('.grid')) showMoment(grid, Number(grid.dataset.end) * share)
})
document.getElementById('list').addEventListener('click', (event) => {
  const lanes = event.target.closest('[data-times]')
  const grid = lanes && lanes.closest('section').querySelector('.grid')
  if (!grid) return
  const times = lanes.dataset.times.split(' ')
  const box = lanes.getBoundingClientRect()
  const column = Math.floor(((event.clientX - box.left) / box.width) * times.length)
  showMoment(grid, Number(times[Math.max(0, Math.min(column, times.length - 1))]))
})
/** What scrolls must be reachable by keyboard; whether it scrolls depends on the window. */
function reach() {
  // Asking for the size of what is folded would lay it out, which takes long for hundreds of scenarios.
  const regions = Array.from(document.querySelectorAll('.scroll')).filter((region) => !region.closest('details:not([open])'))
  const scrolling = regions.map((region) => region.scrollWidth > region.clientWidth)
  regions.forEach((region, index) => {
    if (!scrolling[index]) {
      region.removeAttribute('tabindex')
      return
    }
    region.tabIndex = 0
    region.setAttribute('role', 'group')
    const caption = region.querySelector('caption')
    region.setAttribute('aria-label', caption ? caption.textContent : 'table')
  })
}
let isDue = false
/** Once, however many parts are unfolded at a time. */
function reachSoon() {
  if (isDue) return
  isDue = true
  requestAnimationFrame(() => {
    isDue = false
    reach()
  })
}
addEventListener('resize', reachSoon)
document.addEventListener('toggle', reachSoon, true)
apply()
follow()
reach()
`

/** The source expression of the script for the content security policy. */
export const scriptHash = `sha256-${createHash('sha256').update(pageScript).digest('base64')}`
