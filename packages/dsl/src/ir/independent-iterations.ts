import type { Loop } from './ir.ts'

/** Whether no iteration of a loop needs the results of another, so that they may run at the same time and in any order. */
export const areIndependent = ({ reduce, ordered }: Pick<Loop, 'reduce' | 'ordered'>): boolean => !reduce && !ordered
