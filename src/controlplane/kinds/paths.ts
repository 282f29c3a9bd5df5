import type { Problems } from './checks'
import { invalidValue } from './field-error'

/** The path of a file inside a volume: relative, never upwards, and not beginning with two dots. */
export function checkFilePath(problems: Problems, path: string, text: string): void {
  checkRelativePath(problems, path, text)
  if (text.startsWith('..') && !text.startsWith('../')) {
    problems.push(invalidValue(path, text, "must not start with '..'"))
  }
}

/** A path below some folder: relative and never upwards. */
export function checkRelativePath(problems: Problems, path: string, text: string): void {
  if (text.startsWith('/')) problems.push(invalidValue(path, text, 'must be a relative path'))
  checkNoStepsUp(problems, path, text)
}

/** A path without `..`. */
export function checkNoStepsUp(problems: Problems, path: string, text: string): void {
  if (hasStepsUp(text)) problems.push(invalidValue(path, text, "must not contain '..'"))
}

/** Whether one of the steps of a path is `..`. */
export function hasStepsUp(text: string): boolean {
  return text.split('/').includes('..')
}
