/**
 * A forest of regression trees: predicts a number from numeric features, with the spread of its trees as a measure of doubt.
 * L. Breiman, "Random Forests", Machine Learning 45, 2001; thresholds are drawn between neighbouring values, as in P. Geurts, D. Ernst, L. Wehenkel, "Extremely randomized trees", 2006.
 */
import type { Random } from '../candidate.ts'

/** A prediction: the mean over the trees, and their standard deviation. */
export interface Prediction {
  readonly mean: number
  readonly deviation: number
}

interface Leaf {
  readonly value: number
}
interface Branch {
  readonly feature: number
  readonly threshold: number
  readonly below: Tree
  readonly above: Tree
}
type Tree = Leaf | Branch

/**
 * Fits a forest. Each tree sees a bootstrap sample of the rows, and splits until its leaves have equal values.
 *
 * @param rows features; all rows have the same length
 * @param values one value per row
 */
export function fitForest(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  random: Random,
  trees = 24,
): (row: readonly number[]) => Prediction {
  const columns = codedColumns(rows)
  const forest = Array.from({ length: trees }, () => {
    const sample = Array.from({ length: rows.length }, () => Math.floor(random() * rows.length))
    return grow(columns, values, sample, random)
  })
  return row => {
    let sum = 0
    let squares = 0
    for (const tree of forest) {
      const value = predict(tree, row)
      sum += value
      squares += value * value
    }
    const mean = sum / trees
    return { mean, deviation: Math.sqrt(Math.max(0, squares / trees - mean * mean)) }
  }
}

function predict(tree: Tree, row: readonly number[]): number {
  let at = tree
  while ('feature' in at) at = (row[at.feature] as number) <= at.threshold ? at.below : at.above
  return at.value
}

/** One feature: its different values in order, and for each row which of them it has. */
interface Column {
  readonly feature: number
  readonly values: readonly number[]
  readonly codes: Int32Array
}

/** The features that are not the same in all rows. */
function codedColumns(rows: readonly (readonly number[])[]): Column[] {
  const count = rows[0]?.length ?? 0
  return Array.from({ length: count }, (_, feature) => {
    const values = [...new Set(rows.map(row => row[feature] as number))].sort((a, b) => a - b)
    const code = new Map(values.map((value, i) => [value, i]))
    return { feature, values, codes: Int32Array.from(rows, row => code.get(row[feature] as number) as number) }
  }).filter(({ values }) => values.length > 1)
}

function grow(columns: readonly Column[], values: readonly number[], sample: readonly number[], random: Random): Tree {
  let sum = 0
  for (const row of sample) sum += values[row] as number
  const mean = sum / sample.length
  const split = bestSplit(columns, values, sample, sum)
  if (split === undefined) return { value: mean }
  const { column, below, above } = split
  const [low, high] = [column.values[below] as number, column.values[above] as number]
  return {
    feature: column.feature,
    threshold: low + (high - low) * random() * (1 - Number.EPSILON),
    below: grow(
      columns,
      values,
      sample.filter(row => (column.codes[row] as number) <= below),
      random,
    ),
    above: grow(
      columns,
      values,
      sample.filter(row => (column.codes[row] as number) > below),
      random,
    ),
  }
}

/** The split with the least sum of squared errors: between two neighbouring values of a feature. */
function bestSplit(columns: readonly Column[], values: readonly number[], sample: readonly number[], sum: number) {
  let best = (sum * sum) / sample.length + 1e-9
  let found: { readonly column: Column; readonly below: number; readonly above: number } | undefined
  for (const column of columns) {
    const counts = new Float64Array(column.values.length)
    const sums = new Float64Array(column.values.length)
    for (const row of sample) {
      const code = column.codes[row] as number
      counts[code] = (counts[code] as number) + 1
      sums[code] = (sums[code] as number) + (values[row] as number)
    }
    let count = 0
    let part = 0
    let last = -1
    for (const [code, here] of counts.entries()) {
      if (here === 0) continue
      if (last >= 0) {
        const gain = (part * part) / count + (sum - part) ** 2 / (sample.length - count)
        if (gain > best) {
          best = gain
          found = { column, below: last, above: code }
        }
      }
      count += here
      part += sums[code] as number
      last = code
    }
  }
  return found
}
