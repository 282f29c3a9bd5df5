import type { IncomingMessage } from 'node:http'
import { isPlainObject } from '../json-body'
import { invalidObject, invalidValue } from '../kinds/field-error'
import { badRequest } from '../refusals'
import type { Answer } from './answer'
import { formatOfBody } from './media-types'
import { decodedBody, readBody } from './request-body'

/** Whom every request comes from: the gateway has one user, who may do everything. */
const user = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }

/** Answers a question about the asker and what they may do (DISC-29, KUBECTL-55). */
export async function reviewAnswer(request: IncomingMessage, kind: string): Promise<Answer> {
  const format = formatOfBody(request.headers['content-type'])
  const { value } = decodedBody(await readBody(request), format, kind)
  if (!isPlainObject(value)) throw badRequest(`wanted a ${kind}`)
  if (kind === 'SelfSubjectAccessReview') checkQuestion(value)
  return { code: 201, body: { ...reviewed(kind, value), status: statusOf(kind) } }
}

/** A question about access is about a resource or about a path (DISC-29). */
function checkQuestion({ spec }: Readonly<Record<string, unknown>>): void {
  const { resourceAttributes, nonResourceAttributes } = isPlainObject(spec) ? spec : {}
  if ((resourceAttributes === undefined) !== (nonResourceAttributes === undefined)) return
  const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
  throw invalidObject({ kind: '', group: 'authorization.k8s.io', name: '' }, [
    invalidValue('spec.resourceAttributes', null, why),
  ])
}

function reviewed(kind: string, body: Readonly<Record<string, unknown>>): object {
  const group = kind === 'SelfSubjectReview' ? 'authentication.k8s.io' : 'authorization.k8s.io'
  const { spec } = body
  return {
    kind,
    apiVersion: `${group}/v1`,
    metadata: {},
    ...(kind === 'SelfSubjectReview' ? {} : { spec: spec ?? {} }),
  }
}

function statusOf(kind: string): object {
  switch (kind) {
    case 'SelfSubjectReview':
      return { userInfo: user }
    case 'SelfSubjectRulesReview':
      return {
        resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        incomplete: false,
      }
    default:
      return { allowed: true }
  }
}
