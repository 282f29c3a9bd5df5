import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv from 'ajv/dist/2020'
import addFormats from 'ajv-formats'

const folder = join(__dirname, '..', 'schemas')

/** Tells every place where a value is not as one of the published schemas says. */
export function schemaProblems(name: string): (value: unknown) => readonly string[] {
  const ajv = addFormats(new Ajv({ allErrors: true }))
  const isValid = ajv.compile(JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8')))
  return (value) => {
    // As it stands in a file: what is absent is not there.
    isValid(JSON.parse(JSON.stringify(value)))
    return (isValid.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(' '),
    )
  }
}
