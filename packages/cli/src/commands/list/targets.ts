import { targets } from '../../targets.ts'
import { entries, type Section } from './section.ts'

export function targetSection(): Section {
  const all = targets.map(({ name, summary, extension }) => ({ name, summary, extension }))
  return { text: entries(all.map(({ name, summary }) => ({ name, lines: [summary] }))), json: all }
}
