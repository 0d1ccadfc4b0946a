export { cuda } from './back-end.ts'
export { type DropInOptions, dropIn } from './drop-in/drop-in.ts'
export type { DropInFile, DropInPart } from './drop-in/parts.ts'
export { portableTarget } from './portable-target.ts'
