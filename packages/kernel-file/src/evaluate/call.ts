import { DefinitionError } from '@qernel/dsl'
import type { Expression, SourceText, Span } from '../syntax.ts'
import { type Call, type Closure, isThing, type Known, type Place, poison } from './known.ts'
import { Poisoned, type Reports } from './reports.ts'

/** What calls functions of the file, and collects errors. */
export interface Caller {
  readonly reports: Reports
  invoke(closure: Closure, args: readonly Known[], call: Call): Known
}

/** A call at a place of a file. */
export class CallAt implements Call {
  readonly args: readonly Known[]
  readonly source: SourceText
  readonly span: Span
  readonly #caller: Caller
  readonly #argSpans: readonly Span[]

  constructor(caller: Caller, { source, span }: Place, args: readonly Known[], argSpans: readonly Span[]) {
    this.#caller = caller
    this.source = source
    this.span = span
    this.args = args
    this.#argSpans = argSpans
  }

  get isPoisoned(): boolean {
    return this.args.some(one => isThing(one, 'poison'))
  }

  get hasErrors(): boolean {
    return this.#caller.reports.all.length > 0
  }

  textOf(argument: number): string {
    return textIn(this.source, this.#argSpans[argument] ?? this.span)
  }

  report(code: string, message: string, instead?: string, argument?: number): Known {
    const span = (argument === undefined ? undefined : this.#argSpans[argument]) ?? this.span
    return this.reportAt({ source: this.source, span }, code, message, instead)
  }

  reportAt(place: Place, code: string, message: string, instead?: string): Known {
    return this.#caller.reports.add(code, message, place, instead)
  }

  attempt(build: () => Known, argument?: number): Known {
    try {
      return build()
    } catch (error) {
      if (error instanceof Poisoned) return poison
      if (!(error instanceof DefinitionError || error instanceof RangeError)) throw error
      return this.report('definition', error.message.replace(withoutPlace, ''), undefined, argument)
    }
  }

  invoke(closure: Closure, args: readonly Known[]): Known {
    return this.#caller.invoke(closure, args, this)
  }
}

/** The builder names kernel, stage and reduction; here the line of the file says that. */
const withoutPlace = /^(?:(?:kernel|stage|input|record|max over|min over|sum over) [^:,]+(?:, |: ))+/

/** The text of an expression as the author wrote it, on one line, shortened. */
export function textIn({ text }: SourceText, { start, end }: Span): string {
  const written = text.slice(start, Math.min(end, start + 200)).replace(/\s+/g, ' ')
  return written.length > 60 ? `${written.slice(0, 57)}…` : written
}

export const spansOf = (expressions: readonly Expression[]): Span[] => expressions.map(({ span }) => span)
