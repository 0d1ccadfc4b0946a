/** The loops at every point of a schedule. */
import { stageHeads, stageLines } from '@qernel/schedule/internal'
import type { Stage, StagesRequest } from '../protocol.ts'
import { understand } from './subject.ts'
import type { Work } from './turns.ts'

/** Pauses between stages. */
export function* stages({ subject, target }: Pick<StagesRequest, 'subject' | 'target'>): Work<Stage[]> {
  const one = understand(subject, target)
  if ('problems' in one) return []
  const { scheduled } = one.applied
  const found: Stage[] = []
  for (const [position, head] of stageHeads(scheduled).entries()) {
    found.push(shownStage(head, stageLines(scheduled, position)))
    yield
  }
  return found
}

export const shownStage = (
  { step, isRepair }: ReturnType<typeof stageHeads>[number],
  lines: Stage['lines'],
): Stage => ({ isRepair, lines, ...(step !== undefined && { step }) })
