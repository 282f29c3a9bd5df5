import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { BehaviourGroup, Catalogue, Catalogues } from './behaviour'
import { CatalogueError } from './catalogue-error'
import { parseGroup } from './group-parser'

/** Where the catalogue lies in the package's folder; its files are data, so they are never compiled. */
const folderOfCatalogue = join('src', 'conformance', 'catalogue')
const folderOfControlPlane = join(folderOfCatalogue, 'control-plane')

/**
 * Reads both catalogues from the package's folder.
 *
 * @throws CatalogueError with all problems of all files: file, line, and what is wrong there
 */
export function readCatalogues(root: string): Catalogues {
  const problems: string[] = []
  const catalogue = (name: string, folder: string): Catalogue => ({
    name,
    groups: filesIn(join(root, folder)).flatMap((file) => {
      const path = join(root, folder, file)
      return groupOf(path, relative(root, path).replaceAll('\\', '/'), problems)
    }),
  })
  const catalogues = {
    daemonSet: catalogue('DaemonSet', folderOfCatalogue),
    controlPlane: catalogue('control plane', folderOfControlPlane),
  }
  problems.push(...repetitionsIn(catalogues))
  if (problems.length > 0) throw new CatalogueError(problems)
  return catalogues
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .sort()
  } catch (cause) {
    throw new CatalogueError([`${folder}: cannot be read`], { cause })
  }
}

function groupOf(path: string, file: string, problems: string[]): readonly BehaviourGroup[] {
  try {
    return [parseGroup(readFileSync(path, 'utf8'), file)]
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error
    problems.push(error.message)
    return []
  }
}

/** Ids that stand in several files; within one file the parser has found them already. */
function repetitionsIn({ daemonSet, controlPlane }: Catalogues): readonly string[] {
  const seen = new Map<string, string>()
  return [daemonSet, controlPlane].flatMap(({ groups }) =>
    groups.flatMap(({ behaviours }) =>
      behaviours.flatMap(({ id, file, line }) => {
        const first = seen.get(id)
        seen.set(id, first ?? `${file}:${line}`)
        return first === undefined
          ? []
          : [`${file}:${line}: ${id} is there twice, first in ${first}`]
      }),
    ),
  )
}
