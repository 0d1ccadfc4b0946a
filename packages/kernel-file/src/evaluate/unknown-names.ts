/** Names that stand for nothing, with the likely reason. */
import { storageTypes } from '@qernel/dsl'
import { likelyMeant, nearest } from '@qernel/dsl/internal'
import { sourceExports } from './builtins.ts'
import { globals } from './globals.ts'
import { isThing, type Known, type Place, type Scope } from './known.ts'
import type { Reports } from './reports.ts'

export function unknownName(reports: Reports, name: string, place: Place, scope: Scope): Known {
  if (isParameterElsewhere(name, place))
    return reports.add(
      'axis-scope',
      `${name} exists only in the function whose parameter it is`,
      place,
      `an index of this stage, or a reduction that ends around its use: sum(D, ${name} => …)`,
    )
  if (sourceExports.has(name)) return notImported(reports, name, place)
  if (isDeclaredLater(name, place)) return usedBefore(reports, name, place)
  if (/^(?:f|bf|i|u|int|uint|float)\d+/.test(name))
    return reports.add('unknown-name', `there is no type ${name}`, place, nearest(name, storageTypes.keys()).join(', '))
  const meant = similar(name, [...scope.names(), ...globals.keys()])
  return reports.add('unknown-name', `there is no ${name} here`, place, meant)
}

export function unknownFunction(reports: Reports, name: string, place: Place, scope: Scope): Known {
  if (sourceExports.has(name)) return notImported(reports, name, place)
  if (isDeclaredLater(name, place)) return usedBefore(reports, name, place)
  const functions = [...sourceExports].filter(([, known]) => isThing(known, 'builtin')).map(([own]) => own)
  const meant = similar(name, [...scope.names(), ...functions])
  return reports.add(
    'unknown-function',
    `${name} is no function of the kernel language`,
    place,
    meant ?? 'functions of this file, of files that it imports, of Math and of @qernel/dsl/source',
  )
}

/** A short name differs from most others in two letters, so that a similar one says nothing. */
const similar = (name: string, names: readonly string[]): string | undefined =>
  name.length < 4 ? undefined : likelyMeant(name, new Set(names.filter(one => one.length > 2)))

const notImported = (reports: Reports, name: string, place: Place): Known =>
  reports.add('unknown-name', `${name} is not imported`, place, `import { ${name} } from '@qernel/dsl/source'`)

const usedBefore = (reports: Reports, name: string, place: Place): Known =>
  reports.add('used-before', `${name} is used before it is declared`, place, `the line that declares ${name} first`)

/** Whether a constant of this name stands further down in the file. */
const isDeclaredLater = (name: string, { source, span }: Place): boolean =>
  /^\w+$/.test(name) && new RegExp(`\\bconst ${name}\\b`).test(source.text.slice(span.end))

/** Whether some function of the file has a parameter of this name: an index is likely used outside its stage. */
const isParameterElsewhere = (name: string, { source }: Place): boolean =>
  /^\w+$/.test(name) && new RegExp(`(?:\\(|,\\s*)${name}\\s*(?:,[^()=]*)?\\)\\s*=>|\\b${name}\\s*=>`).test(source.text)
