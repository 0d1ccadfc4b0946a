import { KernelCompileError } from '../errors.ts'
import { withErrorScopes } from './error-scopes.ts'

/**
 * Compiles WGSL.
 * @throws KernelCompileError that quotes each rejected line, with a caret under the place.
 */
export async function shaderModule(device: GPUDevice, kernel: string, source: string): Promise<GPUShaderModule> {
  let messages: readonly GPUCompilationMessage[] = []
  try {
    return await withErrorScopes(device, `WGSL of ${kernel}`, () => {
      const module = device.createShaderModule({ label: kernel, code: source })
      const information = module.getCompilationInfo()
      information.then(
        info => {
          messages = info.messages
        },
        // The scopes report the same failure.
        () => undefined,
      )
      return module
    })
  } catch (error) {
    const errors = messages.filter(message => message.type === 'error')
    if (errors.length === 0) throw error
    const quoted = errors.map(message => quote(source, message)).join('\n')
    throw new KernelCompileError(`The WGSL of ${kernel} does not compile:\n${quoted}`, source)
  }
}

/** The source line of a message, with its number and with carets below the faulty characters. */
function quote(source: string, { lineNum, linePos, message, length }: GPUCompilationMessage): string {
  if (lineNum === 0) return message
  const line = source.split('\n')[lineNum - 1] ?? ''
  const gutter = `${lineNum} | `
  const indent = ' '.repeat(gutter.length + Math.max(linePos - 1, 0))
  return `${gutter}${line}\n${indent}${'^'.repeat(Math.max(length, 1))} ${message}`
}
