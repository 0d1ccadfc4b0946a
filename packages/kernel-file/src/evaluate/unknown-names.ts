/** Names that stand for nothing, with the likely reason. */
import { likelyMeant } from '@qernel/dsl/internal'
import { sourceExports } from './builtins.ts'
import { globals } from './globals.ts'
import type { Known, Place, Scope } from './known.ts'
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
  const meant = likelyMeant(name, [...new Set([...scope.names(), ...globals.keys()])])
  return reports.add('unknown-name', `there is no ${name} here`, place, meant)
}

export function unknownFunction(reports: Reports, name: string, place: Place, scope: Scope): Known {
  if (sourceExports.has(name)) return notImported(reports, name, place)
  const meant = likelyMeant(name, [...new Set([...scope.names(), ...sourceExports.keys()])])
  return reports.add(
    'unknown-function',
    `${name} is no function of the kernel language`,
    place,
    meant ?? 'functions of this file, of files that it imports, of Math and of @qernel/dsl/source',
  )
}

const notImported = (reports: Reports, name: string, place: Place): Known =>
  reports.add('unknown-name', `${name} is not imported`, place, `import { ${name} } from '@qernel/dsl/source'`)

/** Whether some function of the file has a parameter of this name: an index is likely used outside its stage. */
const isParameterElsewhere = (name: string, { source }: Place): boolean =>
  /^\w+$/.test(name) && new RegExp(`(?:\\(|,\\s*)${name}\\s*(?:,[^()=]*)?\\)\\s*=>|\\b${name}\\s*=>`).test(source.text)
