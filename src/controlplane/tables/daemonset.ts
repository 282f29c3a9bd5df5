import { formatLabelSelector } from '../../kubernetes/label-selector'
import type { DaemonSet } from '../../kubernetes/types'
import {
  ageColumn,
  ageOf,
  count,
  formatLabels,
  nameColumn,
  orNone,
  type Printer,
  text,
  wide,
} from './columns'

/** DaemonSets: how many pods there should be, and how far they are (API-63, API-64, TABLE-07, TABLE-08). */
export const daemonSetPrinter: Printer<DaemonSet> = {
  columns: [
    nameColumn,
    count('Desired', 'Number of nodes that should run the daemon pod.'),
    count('Current', 'Number of nodes that should run the daemon pod and do.'),
    count('Ready', 'Number of nodes whose daemon pod is ready.'),
    count('Up-to-date', 'Number of nodes whose daemon pod is of the newest template.'),
    count('Available', 'Number of nodes whose daemon pod has been ready for long enough.'),
    text('Node Selector', 'Labels that a node must have to run the daemon pod.'),
    ageColumn,
    wide(text('Containers', 'Names of the containers of the template.')),
    wide(text('Images', 'Images of the containers of the template.')),
    wide(text('Selector', 'Labels by which the daemon pods are found.')),
  ],
  cellsOf(daemonSet, now) {
    const { metadata, spec, status } = daemonSet
    const template = spec.template.spec
    const containers = template?.containers ?? []
    return [
      metadata.name,
      status.desiredNumberScheduled ?? 0,
      status.currentNumberScheduled ?? 0,
      status.numberReady ?? 0,
      status.updatedNumberScheduled ?? 0,
      status.numberAvailable ?? 0,
      formatLabels(template?.nodeSelector),
      ageOf(daemonSet, now),
      containers.map(({ name }) => name).join(','),
      containers.map(({ image = '' }) => image).join(','),
      orNone(formatLabelSelector(spec.selector)),
    ]
  },
}
