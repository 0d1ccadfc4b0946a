/** What a software driver takes to compile a source. */

/**
 * The characters of a WGSL source without comments, with the body of each function in place of its calls: a software driver compiles every call anew, so this is
 * what its time grows with. SwiftShader takes 3 to 20 µs per character, from a scale kernel to decode attention whose products are computed on the bits.
 */
export function inlinedLength(source: string): number {
  const functions = new Map(functionsOf(source.replace(/\/\/.*$/gm, '')).map(one => [one.name, one]))
  const lengths = new Map<string, number>()
  // WGSL has no recursion.
  const lengthOf = ({ name, body }: WgslFunction): number => {
    const known = lengths.get(name)
    if (known !== undefined) return known
    let length = body.length
    for (const [, called = ''] of body.matchAll(/\b(\w+)\(/g)) {
      const one = functions.get(called)
      if (one !== undefined) length += lengthOf(one)
    }
    lengths.set(name, length)
    return length
  }
  return [...functions.values()].filter(({ isEntry }) => isEntry).reduce((sum, one) => sum + lengthOf(one), 0)
}

interface WgslFunction {
  readonly name: string
  readonly body: string
  /** Whether it is a kernel, not a function that others call. */
  readonly isEntry: boolean
}

const functionsOf = (code: string): WgslFunction[] =>
  [...code.matchAll(/^(?:@compute[^\n]*\n)?fn (\w+)\(([\s\S]*?)^\}/gm)].map(([text, name = '', body = '']) => ({
    name,
    body,
    isEntry: text.startsWith('@compute'),
  }))
