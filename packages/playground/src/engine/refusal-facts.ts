import type { Refusal } from '@qernel/schedule'
import type { RefusalFacts } from '../protocol.ts'

export const refusalFacts = ({ code, message, loops, alternatives }: Refusal): RefusalFacts => ({
  code,
  message,
  loops,
  alternatives,
})
