import { Index, Value } from '@qernel/dsl'
import type { Known } from './known.ts'

/** What it is, for messages: "an f32 value", "an index", "the number 3". */
export function describe(known: Known): string {
  if (known instanceof Value)
    return known.type === 'bool' ? 'a comparison' : `an ${known.type} value`.replace('an u', 'a u')
  if (known instanceof Index) return 'an index'
  switch (typeof known) {
    case 'number':
      return `the number ${known}`
    case 'string':
      return `the text ${JSON.stringify(known.length > 40 ? `${known.slice(0, 40)}…` : known)}`
    case 'boolean':
      return `the truth value ${known}`
    case 'undefined':
      return 'nothing'
    default:
      return descriptions[known.kind]
  }
}

const descriptions = {
  poison: 'an error',
  list: 'a list',
  object: 'an object',
  closure: 'a function',
  builtin: 'a function',
  type: 'a type',
  size: 'a size',
  groups: 'groups',
  count: 'a number of groups',
  elements: 'the elements of a group',
  tensor: 'a tensor',
  record: 'a record',
  field: 'a field',
  kernel: 'a kernel',
  schedule: 'a schedule',
  step: 'a step',
} as const
