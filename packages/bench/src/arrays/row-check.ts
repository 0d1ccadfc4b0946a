import type { OrderDistance } from '@qernel/acceptance'

/** Elements that the interpreter was asked about, and those that are not right. */
export interface RowCheck {
  readonly elements: number
  readonly different: number
  /** `window of rows a to b`, `every row`, or `single elements`. */
  readonly what: string
  /** Of a schedule that takes sums in its own order, an entry per output: how far these elements are from the definition. */
  readonly order?: readonly OrderDistance[]
}
