import { shellLine } from '@qernel/cli'

/** The command that tries a saved failure of the fuzzer again, on the device where it was found. */
export const replayLine = (path: string, device: string | undefined): string =>
  shellLine(['npm', 'run', 'fuzz', '--', '--replay', path, ...(device === undefined ? [] : ['--device', device])])
