import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { daemonSet, Served } from './testing/served'

const Accept =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'
const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets'

describe('tables over HTTPS', () => {
  let served: Served
  before(async () => {
    served = await Served.start({ nodes: 2 })
    await served.cluster.advance(2_000)
    await served.post(daemonSets, daemonSet('web'))
    await served.cluster.advance(2_000)
  })
  after(() => served[Symbol.asyncDispose]())

  it('TABLE-01, TABLE-02, TABLE-07: a list as a table with a cell for each column', async () => {
    const { headers, json } = await served.get(`${daemonSets}?limit=500`, { Accept })
    assert.equal(headers['content-type'], 'application/json')
    assert.deepEqual([json.kind, json.apiVersion], ['Table', 'meta.k8s.io/v1'])
    assert.match(json.metadata.resourceVersion, /^\d+$/)
    const names = json.columnDefinitions.map(({ name }: { name: string }) => name)
    assert.deepEqual(names, [
      'Name',
      'Desired',
      'Current',
      'Ready',
      'Up-to-date',
      'Available',
      'Node Selector',
      'Age',
      'Containers',
      'Images',
      'Selector',
    ])
    const [row] = json.rows
    assert.deepEqual(row.cells.slice(0, 7), ['web', 2, 2, 2, 2, 2, '<none>'])
    assert.equal(row.cells.length, names.length)
  })

  it('TABLE-03: as much of the object as is asked for', async () => {
    const rowOf = async (include: string) =>
      (await served.get(`${daemonSets}/web?includeObject=${include}`, { Accept })).json.rows[0]
    assert.equal((await rowOf('')).object.kind, 'PartialObjectMetadata')
    assert.equal((await rowOf('Metadata')).object.metadata.name, 'web')
    assert.equal((await rowOf('Object')).object.kind, 'DaemonSet')
    assert.equal('object' in (await rowOf('None')), false)
  })

  it('TABLE-04: errors stay a Status', async () => {
    const { code, json } = await served.get(`${daemonSets}/nosuch`, { Accept })
    assert.deepEqual([code, json.kind], [404, 'Status'])
  })

  it('TABLE-05: metadata alone, of one and of many', async () => {
    const one = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
    const object = (await served.get(`${daemonSets}/web`, { Accept: one })).json
    assert.deepEqual(Object.keys(object), ['kind', 'apiVersion', 'metadata'])
    const many = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
    const list = (await served.get(daemonSets, { Accept: many })).json
    assert.deepEqual([list.kind, list.items[0].metadata.name], ['PartialObjectMetadataList', 'web'])
  })

  it('TABLE-06: the first column is the name', async () => {
    for (const path of ['/api/v1/nodes', '/api/v1/pods', '/api/v1/events', '/api/v1/namespaces']) {
      const { columnDefinitions, rows } = (await served.get(path, { Accept })).json
      assert.ok(rows.length > 0, path)
      for (const { cells } of rows) assert.equal(cells.length, columnDefinitions.length)
      const name = columnDefinitions.find(({ format }: { format: string }) => format === 'name')
      assert.equal(name.name, 'Name')
    }
  })

  it('TABLE-26: kinds without a printer show when they were created', async () => {
    const { columnDefinitions, rows } = (await served.get('/api/v1/limitranges', { Accept })).json
    const names = columnDefinitions.map(({ name }: { name: string }) => name)
    assert.deepEqual([names, rows], [['Name', 'Created At'], []])
  })

  it('TABLE-25: pod templates have columns of their own, even without any', async () => {
    const { columnDefinitions, rows } = (await served.get('/api/v1/podtemplates', { Accept })).json
    const names = columnDefinitions.map(({ name }: { name: string }) => name)
    assert.deepEqual([names, rows], [['Name', 'Containers', 'Images', 'Pod Labels'], []])
  })

  it('TABLE-28: what kubectl does by itself, it does on the objects of the rows', async () => {
    await served.post(daemonSets, daemonSet('another', { metadata: { name: 'another' } }))
    const plain = (await served.get(`${daemonSets}?includeObject=Object`, { Accept })).json
    // The order is that of the names, whatever kubectl sorts by, and the labels are no cells.
    assert.deepEqual(
      plain.rows.map(({ cells, object }: { cells: string[]; object: { metadata: object } }) => [
        cells[0],
        object.metadata,
      ]),
      (await served.get(daemonSets)).json.items.map((item: { metadata: { name: string } }) => [
        item.metadata.name,
        item.metadata,
      ]),
    )
    assert.deepEqual(
      plain.rows.map(({ cells }: { cells: string[] }) => cells[0]),
      ['another', 'web'],
    )
    const query = 'sortBy=.metadata.name&showLabels=true&noHeaders=true&includeObject=Object'
    const same = (await served.get(`${daemonSets}?${query}`, { Accept })).json
    assert.deepEqual(same, plain)
    const none = (await served.get('/apis/apps/v1/namespaces/empty/daemonsets', { Accept })).json
    assert.deepEqual([none.kind, none.rows], ['Table', []])
    await served.ask('DELETE', `${daemonSets}/another`)
  })

  it('TABLE-01: v1beta1 is answered in its own version', async () => {
    const old = 'application/json;as=Table;v=v1beta1;g=meta.k8s.io'
    assert.equal(
      (await served.get(daemonSets, { Accept: old })).json.apiVersion,
      'meta.k8s.io/v1beta1',
    )
  })
})
