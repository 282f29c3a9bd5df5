import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Undo } from './undo'

describe('what has to be given back', () => {
  it('is given back once, last taken first, whatever fails on the way', async () => {
    const undo = new Undo()
    const done: string[] = []
    undo.add(() => void done.push('first'))
    undo.add(() => Promise.reject(new Error('second is stuck')))
    undo.add(async () => void done.push('third'))
    await assert.rejects(undo.run(), /second is stuck/)
    await assert.rejects(undo.run(), /second is stuck/)
    assert.deepEqual(done, ['third', 'first'])
  })

  it('includes what is taken meanwhile and afterwards', async () => {
    const undo = new Undo()
    const done: string[] = []
    undo.add(() => {
      undo.add(() => void done.push('taken meanwhile'))
      done.push('first')
    })
    await undo.run()
    undo.add(async () => void done.push('taken afterwards'))
    await undo.run()
    assert.deepEqual(done, ['first', 'taken meanwhile', 'taken afterwards'])
  })
})
