/**
 * The page's only script, served as a file of its own: asks for the state once a second and shows it.
 *
 * Everything that comes from the cluster becomes a text node; no markup is ever made of it.
 */
export const pageScript = `'use strict'
const byId = (id) => document.getElementById(id)

function cell(row, text, name) {
  const made = document.createElement('td')
  made.textContent = String(text)
  if (name) made.className = name
  row.append(made)
}

function fill(id, rows, cellsOf) {
  const body = byId(id)
  const made = rows.map((data) => {
    const row = document.createElement('tr')
    for (const [text, name] of cellsOf(data)) cell(row, text, name)
    return row
  })
  body.replaceChildren(...made)
}

function show(state) {
  byId('version').textContent = state.version
  byId('now').textContent = state.now
  byId('speed').textContent = state.speed
  byId('node-count').textContent = String(state.nodes.total)
  byId('pod-count').textContent = state.pods.ready + ' of ' + state.pods.total + ' ready'
  byId('phases').textContent = Object.entries(state.pods.phases)
    .map(([phase, count]) => phase + ' ' + count)
    .join(', ')
  byId('daemonset-count').textContent = String(state.daemonSets.total)
  fill('daemonsets', state.daemonSets.rows, (each) => [
    [each.namespace + '/' + each.name],
    [each.desired, 'number'],
    [each.updated, 'number'],
    [each.available, 'number'],
    [each.rollout, each.rollout === 'done' ? 'good' : 'busy'],
  ])
  fill('nodes', state.nodes.rows, (each) => [
    [each.name],
    [each.ready ? 'Ready' : 'NotReady', each.ready ? 'good' : 'bad'],
    [each.schedulable ? '' : 'cordoned', 'busy'],
    [each.pods, 'number'],
    [each.taints.join(', ')],
  ])
  fill('events', state.events, (each) => [
    [each.at],
    [each.type, each.type === 'Normal' ? '' : 'bad'],
    [each.reason],
    [each.object],
    [each.message],
  ])
  byId('problem').textContent = ''
}

async function refresh() {
  try {
    const answer = await fetch('/page/state', { cache: 'no-store' })
    if (!answer.ok) throw new Error('the server answered ' + answer.status)
    show(await answer.json())
  } catch (error) {
    byId('problem').textContent = 'not connected: ' + error.message
  }
  setTimeout(refresh, 1000)
}

refresh()
`
