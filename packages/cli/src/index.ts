/** What the command is made of and other programs may use: arrays in and out, whole files, tables, usage errors. */
export { type InputSpec, parseInputSpec, readInput } from './arrays/input-spec.ts'
export { npyFile, readNpy } from './arrays/npy.ts'
export { listSafetensors, readSafetensors } from './arrays/safetensors.ts'
export type { SafetensorsEntry } from './arrays/safetensors-header.ts'
export type { AxisSelection } from './arrays/selection.ts'
export { UsageError, type UsageErrorParts } from './errors/usage-error.ts'
export { type FileContent, type WholeFile, writeAllWhole, writeWhole } from './files/write-whole.ts'
export { type Column, textTable } from './report/text-table.ts'
