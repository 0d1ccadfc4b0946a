import type { Stage } from './ir.ts'

/** The name of a stage in schedules: its tensor, or, for a field of a record, the record and the field. */
export const nameOfStage = ({ name, tensor }: Stage): string => name ?? tensor
