/** The part of Python's literals that a .npy header may hold. A tuple and a list are both arrays here. */
export type PythonLiteral = string | boolean | null | number | readonly PythonLiteral[] | PythonDict
/** A dict with string keys, in the order written. */
export type PythonDict = ReadonlyMap<string, PythonLiteral>

/** Says what is wrong with a literal, and at which character. */
export class PythonSyntaxError extends Error {
  override readonly name = 'PythonSyntaxError'
}

/** How deep brackets may nest. Real headers need two levels; the limit protects the stack. */
const MAX_DEPTH = 16

/**
 * Reads one literal, which only white space may follow.
 * @throws PythonSyntaxError for anything else, including a duplicate key of a dict
 */
export function parsePythonLiteral(text: string): PythonLiteral {
  let at = 0

  const fail = (what: string): never => {
    throw new PythonSyntaxError(`${what} at character ${at}`)
  }
  const skipSpace = (): void => {
    while (at < text.length && ' \t\n\r\f\v'.includes(text.charAt(at))) at++
  }
  const take = (token: string): boolean => {
    skipSpace()
    if (!text.startsWith(token, at)) return false
    at += token.length
    return true
  }
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }

  const parseString = (quote: string): string => {
    let value = ''
    for (; at < text.length; at++) {
      const character = text.charAt(at)
      if (character === quote) {
        at++
        return value
      }
      if (character === '\n') break
      if (character === '\\') {
        at++
        if (!'\\\'"'.includes(text.charAt(at)) || at >= text.length) fail('an escape other than \\\\, \\\' or \\"')
        value += text.charAt(at)
      } else value += character
    }
    return fail('a string without an end')
  }

  const parseItems = (close: string, depth: number): PythonLiteral[] => {
    const items: PythonLiteral[] = []
    while (!take(close)) {
      items.push(parseValue(depth + 1))
      if (!take(',')) {
        if (!take(close)) fail(`neither ',' nor '${close}'`)
        // Python's (3) is the number 3, not a tuple: only (3,) is one.
        if (close === ')' && items.length === 1) fail("a tuple of one item without a ',' after it")
        break
      }
    }
    return items
  }

  const parseDict = (depth: number): PythonDict => {
    const entries = new Map<string, PythonLiteral>()
    while (!take('}')) {
      const key = parseValue(depth + 1)
      if (typeof key !== 'string') return fail('a key that is not a string')
      if (entries.has(key)) fail(`a second '${key}'`)
      if (!take(':')) fail(`no ':' after the key '${key}'`)
      entries.set(key, parseValue(depth + 1))
      if (!take(',')) {
        if (!take('}')) fail("neither ',' nor '}'")
        break
      }
    }
    return entries
  }

  const parseValue = (depth: number): PythonLiteral => {
    if (depth > MAX_DEPTH) fail('brackets nested too deep')
    if (take("'")) return parseString("'")
    if (take('"')) return parseString('"')
    if (take('{')) return parseDict(depth)
    if (take('(')) return parseItems(')', depth)
    if (take('[')) return parseItems(']', depth)
    const word = match(/[A-Za-z_]\w*/y)
    if (word === 'True' || word === 'False') return word === 'True'
    if (word === 'None') return null
    if (word !== undefined) return fail(`the name '${word}'`)
    const digits = match(/-?\d+/y)
    if (digits === undefined)
      return fail(at < text.length ? `an unexpected '${text.charAt(at)}'` : 'the end of the text')
    // Python 2 wrote long integers with an L; old files still have it.
    match(/L/y)
    return Number(digits)
  }

  const value = parseValue(0)
  skipSpace()
  if (at < text.length) fail('more text after the end of the literal')
  return value
}
