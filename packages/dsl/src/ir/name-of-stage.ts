import type { Stage } from './ir.ts'

/** What schedules call a stage: its tensor, or, for a field of a record, the record and the field. */
export const nameOfStage = ({ name, tensor }: Stage): string => name ?? tensor
