import type { ScheduleRefusal } from '@qernel/schedule'
import type { RefusalFacts } from '../protocol.ts'

/** A refusal before the ways past it were tried. */
export const refusalFacts = ({ refusal: { code, message, loops } }: ScheduleRefusal): RefusalFacts => ({
  code,
  message,
  loops,
  alternatives: [],
  edits: [],
})
