/** The name of a resource as steps write it, and where it is found. */
export const tableResources: Readonly<Record<string, (namespace: string) => string>> = {
  ControllerRevisions: (namespace) => `/apis/apps/v1/namespaces/${namespace}/controllerrevisions`,
  DaemonSets: (namespace) => `/apis/apps/v1/namespaces/${namespace}/daemonsets`,
  events: (namespace) => `/api/v1/namespaces/${namespace}/events`,
  nodes: () => '/api/v1/nodes',
  pods: (namespace) => `/api/v1/namespaces/${namespace}/pods`,
}

/** The form that `kubectl get` asks for. */
export const tableForm = 'application/json;as=Table;v=v1;g=meta.k8s.io'

/** What a step compares of a table (TABLE-02). */
export interface Table {
  readonly columns: readonly TableColumn[]
  /** A cell for every column, in their order. */
  readonly rows: readonly (readonly unknown[])[]
}

/** A column as a feature tells of it. */
interface TableColumn {
  readonly name: string
  readonly type: string
  readonly shown: 'always' | 'wide'
}

/** What stands for texts that differ from run to run. */
const placeholders: Readonly<Record<string, string>> = {
  '<address>': '[0-9a-f.:]+',
  '<age>': '\\d+(?:y(?:\\d+d)?|d(?:\\d+h)?|h(?:\\d+m)?|m(?:\\d+s)?|s)',
  '<digits>': '\\d+',
  '<hash>': '[bcdf4-9]{1,10}',
  '<suffix>': '[bcdfghjklmnpqrstvwxz2456789]{5}',
}

/** Reads the body of an answer; throws when it is no table. */
export function tableOf(body: string): Table {
  const table = JSON.parse(body) as {
    readonly kind?: string
    readonly columnDefinitions?: readonly {
      readonly name: string
      readonly type: string
      readonly priority: number
    }[]
    readonly rows?: readonly { readonly cells: readonly unknown[] }[] | null
  }
  if (table.kind !== 'Table') throw new Error(`wanted a Table, found ${table.kind}`)
  return {
    columns: (table.columnDefinitions ?? []).map(({ name, type, priority }) => ({
      name,
      type,
      shown: priority === 0 ? 'always' : 'wide',
    })),
    rows: (table.rows ?? []).map(({ cells }) => cells),
  }
}

/** The rows of a table with the given columns alone; throws when it has no such column. */
export function cellsOf({ columns, rows }: Table, names: readonly string[]): readonly string[][] {
  const indexes = names.map((name) => {
    const index = columns.findIndex((column) => column.name === name)
    if (index >= 0) return index
    throw new Error(`no column "${name}", only ${columns.map((column) => column.name).join(', ')}`)
  })
  return rows.map((cells) => indexes.map((index) => String(cells[index])))
}

/** Whether a cell reads as the feature says, where a placeholder such as `<age>` stands for any text of its form. */
export function readsAs(cell: string, text: string): boolean {
  const pattern = text
    .split(/(<[a-z]+>)/)
    .map((part) => placeholders[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('')
  return new RegExp(`^${pattern}$`).test(cell)
}
