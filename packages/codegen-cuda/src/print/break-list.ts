/** Longer lines are broken if the printer can. */
export const lineWidth = 100

/** `head item, item tail` on one line, or one item per line. */
export function breakList(
  head: string,
  items: readonly string[],
  tail: string,
  indent: string,
  separator = ',',
): string[] {
  const line = `${indent}${head}${items.join(`${separator} `)}${tail}`
  if (line.length <= lineWidth || items.length === 0) return [line]
  const last = items.length - 1
  return [
    `${indent}${head}`.trimEnd(),
    ...items.map((item, i) => `${indent}    ${item}${i === last ? tail : separator}`),
  ]
}
