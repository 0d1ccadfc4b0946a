/**
 * Names of authors in generated code. Macros, types, keywords and functions of a target, or of headers that somebody includes, are beyond
 * counting, so nothing here lists them: a name stays as it is where every word of it is known to be none of them, and any other gets an underscore
 * at its end, which none of them has.
 */

/** Words of this field, which may be a whole name. */
const words = new Set(
  (
    'absmax anchor average base bias bin blocks book budget byte bytes cell cells center channel channels cluster code codebook codes ' +
    'coefficient column columns combined copy count counts delta depth dimension distance element elements entries entry error errors even ' +
    'expert experts factor factors feature features gain halves head heads height hidden high input inputs inside kept key keys lane lanes ' +
    'largest layer layers least length lengths low lower mask masks matrix mean median moment nibble nibbles odd offset offsets order output ' +
    'outputs page pages pair pairs parity part parts peak pitch point points position positions queries query ratio residual reversed row rows ' +
    'scale scales score scores segment shifted slope slot slots smallest spread square squares step steps sum sums table temperature ' +
    'threshold tile tiles token tokens total totals trough upper value values variance vector vectors weight weights whole width widest word ' +
    'words wrapped zero zeros'
  ).split(' '),
)

/** Words that are something else alone (`max`, the types `half` and `int`), and may be one of several: those of our own kernels. */
const parts = new Set(
  (
    'asymmetric at bits buffer cpp dequantize e4m fp group half hybrid in inner innerq int kivi llama lmdeploy max min onnx out outer per quantize ' +
    'records reg runtime symmetric tensor vec vllm'
  ).split(' '),
)

/** What the names of formats begin with. Those may name a type (`lmdeploy_u8`), as no function of a file does that begins so. */
const formats = new Set('group innerq int kivi llama lmdeploy onnx vllm'.split(' '))
const isType = (word: string): boolean => /^[fiu](8|16|32|64|[1-7])$/.test(word)

/** A letter that may have a number, except for `f16`, `i8`, `u32`. */
const isLetter = (word: string): boolean => /^[A-Za-z]\d{0,3}$/.test(word) && !/^[fiu](8|16|32|64)$/.test(word)

const stemOf = (word: string): string => word.replace(/\d{1,3}$/, '')

/** Whether a name can stand in a file of any target as it is. */
export function isPlainName(name: string): boolean {
  const all = name.split('_')
  // POSIX keeps names that end in _t for types, and constants are called like M_E.
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

/** The name as it stands in generated files. Different names stay different. */
export function nameInFile(name: string): string {
  const known = names.get(name)
  if (known !== undefined) return known
  if (names.size >= 1000) names.clear()
  const made = isPlainName(name) ? name : `${name}_`
  names.set(name, made)
  return made
}

/** Programs use few names, each of them often. */
const names = new Map<string, string>()
