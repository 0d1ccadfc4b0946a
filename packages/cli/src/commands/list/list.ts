import type { RunCommand } from '../../frame/command.ts'
import { kernelSection } from './kernels.ts'
import { scheduleSection } from './schedules.ts'
import type { Section } from './section.ts'
import { targetSection } from './targets.ts'
import { transformSection } from './transforms.ts'

const sections: Readonly<Record<string, () => Section>> = {
  kernels: kernelSection,
  schedules: scheduleSection,
  transforms: transformSection,
  targets: targetSection,
}

export const list: RunCommand = ({ positionals: [only] }) => {
  const chosen = Object.entries(sections).filter(([name]) => only === undefined || name === only)
  const listed = chosen.map(([name, make]) => ({ name, ...make() }))
  return {
    exitCode: 0,
    text: listed.map(({ name, text }) => `${name[0]?.toUpperCase()}${name.slice(1)}\n${text}`).join('\n'),
    json: Object.fromEntries(listed.map(({ name, json }) => [name, json])),
  }
}
