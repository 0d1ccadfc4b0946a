/** The loop of a host function that launches a kernel on parts of a size. */
import type { ArrayParameter } from '@qernel/codegen'
import { elementsPerUnit } from '@qernel/dsl/internal'
import { isPackedType, pitchText } from '../reference/host-array.ts'
import type { GridParts } from './grid-parts.ts'
import type { LengthText } from './grid-text.ts'

/** Names of the variables of the loop. */
export interface PartNames {
  /** The size. */
  readonly whole: string
  /** The first row of a part, and its number of rows. */
  readonly first: string
  readonly rows: string
}

export const partLoop = (
  { rows: most, because }: GridParts,
  { whole, first, rows }: PartNames,
  body: readonly string[],
): string[] => [
  `// A grid has ${because}, so a larger ${whole} is launched in parts.`,
  `for (int64_t ${first} = 0; ${first} < ${whole}; ${first} += ${most}) {`,
  `  const int64_t ${rows} = ${whole} - ${first} < ${most} ? ${whole} - ${first} : ${most};`,
  ...body.map(line => `  ${line}`),
  '}',
]

/** The number of elements, or words of codes, before a row. An entry of the first axis and a word must begin at that row. */
export function offsetText(
  { type, shape: [leading, ...rest] }: ArrayParameter,
  row: string,
  length: LengthText,
): string {
  const dividedBy = typeof leading === 'object' ? leading.dividedBy : 1
  const isFlat = rest.length === 0 && isPackedType(type)
  const unit = isFlat ? elementsPerUnit(type) : 1
  const words = isFlat ? (unit * type.bits) / 32 : 1
  const extents = rest.map(extent => grouped(length(extent)))
  const last = extents.pop()
  const pitch = last === undefined ? [] : [isPackedType(type) ? grouped(pitchText(type, last)) : last]
  const rows = dividedBy * unit === 1 ? row : `${row} / ${dividedBy * unit}`
  return [rows, ...(words === 1 ? [] : [words]), ...extents, ...pitch].join(' * ')
}

const grouped = (text: string): string => (text.includes(' ') ? `(${text})` : text)
