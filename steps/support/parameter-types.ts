import { defineParameterType } from '@cucumber/cucumber'
import { listOf } from './kubernetes-text'
import { namesPattern, nodeNamesOf, nodeParts } from './node-names'
import { tableResources } from './table-cells'

/** What a quota counts, and the name of the quota that a scenario makes for it. */
export interface Limited {
  readonly resource: string
  readonly name: string
}

defineParameterType({
  name: 'limited',
  regexp: /pods|ControllerRevisions/,
  transformer: (text: string): Limited =>
    text === 'pods'
      ? { resource: 'pods', name: 'pods' }
      : { resource: 'count/controllerrevisions.apps', name: 'revisions' },
  useForSnippets: false,
})

defineParameterType({
  name: 'names',
  regexp: namesPattern,
  transformer: nodeNamesOf,
  useForSnippets: false,
})

defineParameterType({
  name: 'json',
  regexp: /-?\d+|true|false|null|"[^"]*"|\{.*\}|\[.*\]/,
  transformer: (text: string): unknown => JSON.parse(text),
  useForSnippets: false,
})

defineParameterType({
  name: 'numbers',
  regexp: /\d+(?:, \d+)*/,
  transformer: (text: string) => listOf(text).map(Number),
  useForSnippets: false,
})

defineParameterType({
  name: 'kind',
  regexp: /DaemonSet|ControllerRevision/,
  transformer: (text: string) => text,
  useForSnippets: false,
})

defineParameterType({
  name: 'nodePart',
  regexp: new RegExp(nodeParts.join('|')),
  transformer: (text: string) => text,
  useForSnippets: false,
})

defineParameterType({
  name: 'resources',
  regexp: new RegExp(Object.keys(tableResources).join('|')),
  transformer: (text: string) => text,
  useForSnippets: false,
})

defineParameterType({
  name: 'order',
  regexp: /before|after/,
  transformer: (text: string) => text,
  useForSnippets: false,
})

defineParameterType({
  name: 'podEnd',
  regexp: /created|gone/,
  transformer: (text: string) => (text === 'created' ? 'ADDED' : 'DELETED'),
  useForSnippets: false,
})
