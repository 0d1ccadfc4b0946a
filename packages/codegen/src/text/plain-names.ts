/**
 * Authors' names in generated code. They must not collide with macros, types, keywords or functions of a target or of headers that somebody
 * includes. There are too many of those to list, so the lists here work the other way round: a name stays as it is if all its words are known to
 * be safe, and any other name gets an underscore at its end, which the names of targets and headers do not have.
 */

/** Words of this field. Each may be a whole name. */
const words = new Set(
  (
    'absmax anchor attention average base bias bin blocks book budget byte bytes cell cells center channel channels cluster code codebook codes ' +
    'coefficient column columns combined copy count counts delta depth dimension distance element elements entries entry error errors even ' +
    'expert experts factor factors feature features gain halves head heads height hidden high input inputs inside kept key keys lane lanes ' +
    'largest layer layers least length lengths low lower mask masks matrix mean median moment nibble nibbles odd offset offsets order output ' +
    'outputs page pages pair pairs parity part parts peak pitch point points position positions queries query ratio residual reversed row rows ' +
    'scale scaled scales score scores segment shifted slope slot slots smallest softcap spread square squares step steps sum sums table temperature ' +
    'threshold tile tiles token tokens total totals trough upper value values variance varlen vector vectors weight weights whole width widest word ' +
    'words wrapped zero zeros'
  ).split(' '),
)

/** Words that may only be one part of a name, because alone they mean something else (`max`, the types `half` and `int`). Our own kernels use them. */
const parts = new Set(
  (
    'asymmetric at bits buffer cpp dequantize e4m fp group groups half hybrid in inner innerq int kivi llama lmdeploy max min onnx out outer per quantize ' +
    'records reg runtime symmetric tensor uint vec vllm'
  ).split(' '),
)

/** First words of format names. These names may also contain a type (`lmdeploy_u8`), since no function of a generated file begins with such a word. */
const formats = new Set('attention group innerq int kivi llama lmdeploy onnx scores values vllm'.split(' '))
const isType = (word: string): boolean => /^[fiu](8|16|32|64|[1-7])$/.test(word)

/** Whether a word is a single letter with an optional number, except the types such as `f16`, `i8` and `u32`. */
const isLetter = (word: string): boolean => /^[A-Za-z]\d{0,3}$/.test(word) && !/^[fiu](8|16|32|64)$/.test(word)

const stemOf = (word: string): string => word.replace(/\d{1,3}$/, '')

/** Whether a name can stand in a file of any target as it is. */
export function isPlainName(name: string): boolean {
  const all = name.split('_')
  // POSIX reserves names that end in _t for types, and constants have names like M_E.
  if (all.length > 1 && (all.at(-1) === 't' || !/[a-z]/.test(name))) return false
  const [first = ''] = all
  const isFormat = all.length > 1 && formats.has(stemOf(first))
  return (
    all.every((word, at) => {
      const stem = stemOf(word)
      if (isLetter(word) || words.has(stem) || (isFormat && isType(word))) return true
      return all.length > 1 && (parts.has(stem) || (at > 0 && /^\d{1,3}$/.test(word)))
    }) && !/^\d/.test(first)
  )
}

/** The name to write in generated files. Different names stay different. */
export function nameInFile(name: string): string {
  const known = names.get(name)
  if (known !== undefined) return known
  if (names.size >= 1000) names.clear()
  const made = isPlainName(name) ? name : `${name}_`
  names.set(name, made)
  return made
}

/** A cache: programs use few names, each many times. */
const names = new Map<string, string>()
