import { distance } from 'fastest-levenshtein'

/**
 * The candidates by edit distance to `name`, the nearest first; equally near ones keep their order. Names that begin with
 * it come before all others: `group` means one of the kernels `group_…`. Case is ignored, so that `F32` finds `f32`.
 */
export function nearest(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.toLowerCase()
  const begins = (candidate: string): boolean => wanted.length >= 3 && candidate.toLowerCase().startsWith(wanted)
  return [...candidates]
    .map(candidate => ({ candidate, edits: distance(wanted, candidate.toLowerCase()), begins: begins(candidate) }))
    .sort((a, b) => Number(b.begins) - Number(a.begins) || a.edits - b.edits)
    .map(entry => entry.candidate)
}

/** The candidate that `name` probably misspells: at most a third of its letters differ (two are always allowed). */
export function likelyMeant(name: string, candidates: Iterable<string>): string | undefined {
  const best = nearest(name, candidates)[0]
  if (best === undefined) return undefined
  const edits = distance(name.toLowerCase(), best.toLowerCase())
  if (edits <= Math.max(2, Math.floor(name.length / 3)) && edits < best.length) return best
  // A shortened or extended name is a likely mistake too: `key` for `layers.0.key`.
  return name.length >= 3 && best.toLowerCase().includes(name.toLowerCase()) ? best : undefined
}
