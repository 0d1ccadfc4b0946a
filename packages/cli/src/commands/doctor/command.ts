import { defineCommand } from '../../frame/command.ts'
import { doctorOptions } from './options.ts'

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Show the devices, which one is used and why, its limits, and how it rounds.',
  positionals: [],
  options: doctorOptions,
  examples: [
    { line: 'qernel doctor', does: 'show the device that qernel run uses' },
    { line: 'qernel doctor --adapter software --json', does: 'show another device, as JSON' },
    { line: 'qernel doctor --device cuda', does: 'show the GPU through CUDA' },
  ],
  load: async () => (await import('./doctor.ts')).doctor,
})
