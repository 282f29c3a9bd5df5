import type { Container } from '../../kubernetes/types'
import { checkChoice, type Problems } from './checks'
import { notSupported, required, tooMany } from './field-error'

const mostRules = 20
const mostExitCodes = 255

/** The restart policy of one container and the rules that refine it. */
export function checkRestartRules(
  problems: Problems,
  path: string,
  { restartPolicy, restartPolicyRules: rules = [] }: Container,
  { isInit }: { readonly isInit: boolean },
): void {
  if (restartPolicy === undefined && rules.length > 0) {
    const detail = 'must specify restartPolicy when restart rules are used'
    problems.push(required(`${path}.restartPolicy`, detail))
    // Of an init container nothing more is said.
    if (isInit) return
  }
  checkChoice(problems, `${path}.restartPolicy`, restartPolicy, ['Always', 'Never', 'OnFailure'])
  if (rules.length > mostRules) {
    problems.push(tooMany(`${path}.restartPolicyRules`, rules.length, mostRules))
  }
  for (const [index, { action = '', exitCodes }] of rules.entries()) {
    const at = `${path}.restartPolicyRules[${index}]`
    checkChoice(problems, `${at}.action`, action, ['Restart', 'RestartAllContainers'])
    if (exitCodes === undefined) {
      problems.push(required(`${at}.exitCodes`, 'must be specified'))
      continue
    }
    const { operator = '', values = [] } = exitCodes
    if (operator !== 'In' && operator !== 'NotIn') {
      problems.push(notSupported(`${at}.exitCodes.operator`, operator, ['In', 'NotIn']))
    }
    if (values.length > mostExitCodes) {
      problems.push(tooMany(`${at}.exitCodes.values`, values.length, mostExitCodes))
    }
  }
}
