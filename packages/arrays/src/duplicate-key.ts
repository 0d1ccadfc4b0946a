/**
 * The first duplicate key in any object of a JSON text, at any depth, or undefined. `JSON.parse` silently keeps the
 * last one, so two readers of such a file may see two different files.
 * @param json a text that `JSON.parse` accepts
 */
export function duplicateKey(json: string): string | undefined {
  /** The keys of every open object; undefined for an open array. */
  const open: (Set<string> | undefined)[] = []
  let previous = ''
  for (let at = 0; at < json.length; at++) {
    const character = json.charAt(at)
    if (character === '"') {
      const end = endOfString(json, at)
      const keys = open.at(-1)
      if (keys !== undefined && (previous === '{' || previous === ',')) {
        const key = String(JSON.parse(json.slice(at, end)))
        if (keys.has(key)) return key
        keys.add(key)
      }
      at = end - 1
    } else if (character === '{') open.push(new Set())
    else if (character === '[') open.push(undefined)
    else if (character === '}' || character === ']') open.pop()
    if ('{}[],:'.includes(character)) previous = character
  }
  return undefined
}

/** The position after the closing quote of the string that opens at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1
  while (json.charAt(at) !== '"') at += json.charAt(at) === '\\' ? 2 : 1
  return at + 1
}
