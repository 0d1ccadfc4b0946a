/** Reads the tokens of a template, and points at what is wrong. */
import { unknownNameParts } from '@qernel/dsl/internal'
import type { Argument } from '@qernel/schedule'

/** What is wrong at a position, and what would be right. */
export interface TemplateProblem {
  readonly what: string
  readonly allowed: string
  /** The one valid name that was probably meant. */
  readonly nearest?: string
}

/** Thrown for text that is not a template. The message has the text, a caret, what is wrong and what is allowed; the parts are here too. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError'
  readonly problem: TemplateProblem
  /** The text, and a line with a caret under the position. */
  readonly marked: readonly [text: string, caret: string]

  constructor(problem: TemplateProblem, text: string, at: number) {
    const { what, allowed, nearest } = problem
    const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`
    const caret = `${' '.repeat(at)}^`
    super(`${text}\n${caret} ${what}${meant}\nallowed: ${allowed}`)
    this.problem = problem
    this.marked = [text, caret]
  }
}

/** A word of the text, with its position. */
interface Word {
  readonly text: string
  readonly at: number
}

const tokens = {
  word: /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/y,
  reference: /\$[A-Za-z_]\w*/y,
  number: /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/y,
  string: /"(?:[^"\\]|\\.)*"/y,
} as const

export class TemplateReader {
  position = 0
  readonly #text: string

  /** @param text line breaks count as blanks, since a caret can only point into a single line */
  constructor(text: string) {
    this.#text = text.replace(/\s/g, ' ')
  }

  atEnd(): boolean {
    this.#skip()
    return this.position >= this.#text.length
  }

  fail(problem: TemplateProblem, at: number = this.position): never {
    throw new TemplateSyntaxError(problem, this.#text, at)
  }

  expected(what: string): never {
    this.#skip()
    return this.fail({
      what: `${what} is expected`,
      allowed:
        'steps such as tile(t={1,2,4},d={64..1024}) vectorize(d=4)?, where {…} are alternatives and ? makes a step optional',
    })
  }

  unknown(kind: string, { text, at }: Word, names: readonly string[]): never {
    const { what, allowed, nearest } = unknownNameParts(kind, text, names)
    return this.fail(
      {
        what,
        allowed: typeof allowed === 'string' ? allowed : (allowed ?? []).join(', '),
        ...(nearest !== undefined && { nearest }),
      },
      at,
    )
  }

  sees(symbol: string): boolean {
    this.#skip()
    return this.#text.startsWith(symbol, this.position)
  }

  /** Takes the symbol if it comes next. */
  has(symbol: string): boolean {
    if (!this.sees(symbol)) return false
    this.position += symbol.length
    return true
  }

  symbol(symbol: string): void {
    if (!this.has(symbol)) this.expected(symbol)
  }

  word(what: string): Word {
    return this.#take('word') ?? this.expected(what)
  }

  /** The name of a choice, without its `$`; undefined if none comes next. */
  reference(): Word | undefined {
    const found = this.#take('reference')
    return found && { text: found.text.slice(1), at: found.at }
  }

  value(): Argument {
    const number = this.#take('number')
    if (number !== undefined) return Number(number.text)
    const string = this.#take('string')
    if (string !== undefined) return this.#json(string)
    const { text } = this.#take('word') ?? this.expected('a value')
    return text === 'true' ? true : text === 'false' ? false : text
  }

  #json({ text, at }: Word): string {
    try {
      return JSON.parse(text)
    } catch {
      return this.fail({ what: `${text} is not a string`, allowed: 'a string as JSON writes it' }, at)
    }
  }

  #take(kind: keyof typeof tokens): Word | undefined {
    this.#skip()
    const token = tokens[kind]
    token.lastIndex = this.position
    const found = token.exec(this.#text)
    if (found === null) return undefined
    const at = this.position
    this.position = token.lastIndex
    return { text: found[0], at }
  }

  #skip(): void {
    while (this.#text[this.position] === ' ') this.position++
  }
}
