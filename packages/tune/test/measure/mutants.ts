/** Wrong kernels: the text of a WGSL kernel with one mistake each, of those that a compiler or its author could make. */

/** A kernel with one mistake. */
export interface Mutant {
  /** The mistake, with the line. */
  readonly what: string
  readonly source: string
}

/** One replacement on one line. */
interface Edit {
  readonly what: string
  readonly from: number
  readonly to: number
  readonly text: string
}

/** Every mutant of a source, in order. */
export function mutantsOf(source: string): Mutant[] {
  const lines = source.split('\n')
  return lines.flatMap((line, position) => {
    // Declarations belong to the launch, and comments to readers.
    const end = line.indexOf(' //') < 0 ? line.length : line.indexOf(' //')
    const code = line.slice(0, end)
    if (!code.startsWith('  ') || /^ {2}\w+: u32,$/.test(code)) return []
    const edits = /^ *for \(/.test(code) ? loopEdits(code) : [...statementEdits(code), ...valueEdits(code)]
    return edits.map(({ what, from, to, text }) => {
      const changed = `${code.slice(0, from)}${text}${code.slice(to)}${line.slice(end)}`
      const own = [...lines.slice(0, position), changed, ...lines.slice(position + 1)]
      return { what: `${what} in line ${position + 1}: ${changed.trim()}`, source: own.join('\n') }
    })
  })
}

/** Of a loop only what cannot make it endless: the first index, and the number of iterations. */
function loopEdits(code: string): Edit[] {
  const step = code.lastIndexOf(';')
  const inHead = (edits: readonly Edit[]) => edits.filter(({ to }) => to <= step)
  const literals = inHead(edited(code, /\b(\d+)u\b/g, ([, digits]) => nearby(Number(digits)).map(unsigned)))
  const bounds = inHead(edited(code, / < /g, () => [{ what: 'one iteration more', text: ' <= ' }]))
  return [...literals, ...bounds, ...inHead(sizeEdits(code))]
}

function statementEdits(code: string): Edit[] {
  const whole = (what: string, text = ''): Edit => ({ what, from: 0, to: code.length, text })
  if (/^ *workgroupBarrier\(\);$/.test(code)) return [whole('a missing barrier')]
  if (/^ *\w+(\.\w+|\[.*\])? = .*;$/.test(code)) return [whole('a missing assignment')]
  const condition = /^( *if \()(.*)(\) \{)$/.exec(code)
  if (condition === null) return []
  const [, head = '', inside = '', tail = ''] = condition
  const parts = inside.split(' && ')
  const without = parts.map((_, i) => parts.filter((_, other) => other !== i).join(' && ') || 'true')
  return [
    ...without.map(text => whole('a dropped guard', `${head}${text}${tail}`)),
    whole('a guard that never holds', `${head}false${tail}`),
  ]
}

/** What an operator may have been confused with. */
const operators: readonly (readonly [string, readonly string[]])[] = [
  ['+', ['-']],
  ['-', ['+']],
  ['*', ['/', '+']],
  ['/', ['*']],
  ['%', ['/']],
  ['<', ['<=', '>']],
  ['<=', ['<']],
  ['>', ['>=', '<']],
  ['>=', ['>']],
  ['==', ['!=']],
  ['&&', ['||']],
  ['&', ['|']],
  ['|', ['&']],
  ['^', ['|']],
  ['<<', ['>>']],
  ['>>', ['<<']],
]
/** And a function; without one, its argument is left as it is. */
const functions: Readonly<Record<string, readonly string[]>> = {
  round: ['floor', 'ceil', 'trunc', ''],
  abs: ['', '-abs'],
  max: ['min'],
  min: ['max'],
}

function valueEdits(code: string): Edit[] {
  return [
    ...operators.flatMap(([operator, others]) => {
      const spaced = new RegExp(` ${operator.replaceAll(/[*+|^/]/g, '\\$&')} `, 'g')
      return edited(code, spaced, () => others.map(other => ({ what: `${other} for ${operator}`, text: ` ${other} ` })))
    }),
    ...edited(code, /\b(round|abs|max|min)(?=\()/g, ([, name = '']) =>
      (functions[name] ?? []).map(text => ({ what: `${text || 'nothing'} for ${name}`, text })),
    ),
    ...edited(code, /\b(0x[0-9a-f]+|\d+)u\b/g, ([, digits]) => nearby(Number(digits)).map(unsigned)),
    ...edited(code, /(?<![\w.])(0x[0-9a-f]+|\d+)(?![\w.])/g, ([, digits]) =>
      nearby(Number(digits)).map(value => ({ what: 'another integer', text: String(value) })),
    ),
    ...edited(code, /(?<![\w.])(\d+\.\d+(e-?\d+)?|\d+e-?\d+)/g, ([text]) =>
      [Number(text) + 1, Number(text) / 2, -Number(text), Number(text) * (1 + 2 ** -22)].map(value => ({
        what: 'another constant',
        text: floatText(value),
      })),
    ),
    ...edited(code, /\b(local|group)\.([xyz])\b/g, ([, of, dimension = '']) =>
      [...'xyz']
        .filter(other => other !== dimension)
        .map(other => ({ what: 'another dimension', text: `${of}.${other}` })),
    ),
    ...edited(code, /(?<=[a-z0-9_)\]])\.([xyzw])\b/g, ([, lane]) => [
      { what: 'another lane', text: lane === 'x' ? '.y' : '.x' },
    ]),
    ...sizeEdits(code),
    ...argumentEdits(code),
  ]
}

const sizeEdits = (code: string): Edit[] =>
  edited(code, /\bsizes\.([A-Z]\w*)\b/g, ([size]) =>
    ['-', '+'].map(sign => ({
      what: `one ${sign === '-' ? 'less' : 'more'} than a size`,
      text: `(${size} ${sign} 1u)`,
    })),
  )

/** Arguments in another order, or a bound that is not kept. */
function argumentEdits(code: string): Edit[] {
  const edits: Edit[] = []
  for (const match of code.matchAll(/\b(select|clamp|clamp_number\w*|vec[24][fiu]|pack_\w+|saturate_\w+|fma)\(/g)) {
    const open = match.index + match[0].length
    const list = argumentsFrom(code, open)
    if (list === undefined || list.length < 2) continue
    const to = open + list.join(', ').length
    const [first = '', second = '', ...rest] = list
    edits.push({ what: 'swapped arguments', from: open, to, text: [second, first, ...rest].join(', ') })
    if (match[1]?.startsWith('clamp') === true)
      edits.push({ what: 'no saturation', from: match.index, to: to + 1, text: `(${first})` })
  }
  return edits
}

function argumentsFrom(code: string, open: number): string[] | undefined {
  let [depth, start] = [0, open]
  const list: string[] = []
  for (let at = open; at < code.length; at++) {
    const character = code[at] as string
    if ('([<'.includes(character) && code[at + 1] !== ' ') depth++
    else if (')]'.includes(character) || (character === '>' && /\w/.test(code[at - 1] ?? ''))) {
      if (depth === 0) return [...list, code.slice(start, at)]
      depth--
    } else if (character === ',' && depth === 0) {
      list.push(code.slice(start, at))
      start = at + 2
    }
  }
  return undefined
}

function edited(
  code: string,
  pattern: RegExp,
  of: (match: RegExpMatchArray) => readonly { readonly what: string; readonly text: string }[],
): Edit[] {
  return [...code.matchAll(pattern)].flatMap(match =>
    of(match).map(edit => ({ ...edit, from: match.index, to: match.index + match[0].length })),
  )
}

const nearby = (value: number): number[] => [
  value + 1,
  ...(value > 0 ? [value - 1] : []),
  ...(value > 3 ? [Math.floor(value / 2)] : []),
]
const unsigned = (value: number) => ({ what: 'another integer', text: `${value >>> 0}u` })

function floatText(value: number): string {
  const text = String(Math.fround(value))
  return /[.e]/.test(text) ? text.replace('e+', 'e') : `${text}.0`
}
