import { shellLine } from '@qernel/cli'

/** The command that replays a saved failure of the fuzzer, on the device where it was found. */
export const replayLine = (path: string, device: string | undefined): string =>
  shellLine(['npm', 'run', 'fuzz', '--', '--replay', path, ...(device === undefined ? [] : ['--device', device])])
