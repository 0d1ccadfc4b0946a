import type { OrderDistance } from '@qernel/acceptance'

/** Elements that the interpreter checked, and the wrong ones among them. */
export interface RowCheck {
  readonly elements: number
  readonly different: number
  /** `window of rows a to b`, `every row`, or `single elements`. */
  readonly what: string
  /** For a schedule that reorders sums, one entry per output: how far these elements are from the definition. */
  readonly order?: readonly OrderDistance[]
}
