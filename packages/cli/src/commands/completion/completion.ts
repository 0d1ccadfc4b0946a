/** Completion of the command line, generated from the commands themselves. */
import { listKernels } from '@qernel/kernels'
import { kernelPositional } from '../../arguments/kernel-options.ts'
import type { AnyCommand, OptionSpec, RunCommand } from '../../frame/command.ts'
import { commonOptions } from '../../frame/parse-arguments.ts'
import type { completionOptions } from './options.ts'

export const completionOf =
  (commands: readonly AnyCommand[]): RunCommand<typeof completionOptions> =>
  ({ positionals: [shell = ''] }) => {
    const text = shell === 'bash' ? bash(commands) : shell === 'zsh' ? zsh(commands) : fish(commands)
    return { exitCode: 0, text, json: { shell, script: text } }
  }

const kernels = (): string =>
  listKernels()
    .map(({ name }) => name)
    .join(' ')

/** The values of an argument, or undefined if it can be anything. */
const choicesOf = ({ name, choices }: AnyCommand['positionals'][number]): string | undefined =>
  choices?.join(' ') ?? (name === 'KERNEL' ? kernels() : undefined)

const optionsOf = ({ options }: AnyCommand): [name: string, spec: OptionSpec][] =>
  Object.entries<OptionSpec>({ ...options, ...commonOptions })

const isFile = (spec: OptionSpec): boolean => spec.type === 'string' && /FILE/.test(spec.value)

function bash(commands: readonly AnyCommand[]): string {
  const values = commands.flatMap(command =>
    optionsOf(command).flatMap(([name, spec]) => {
      if (spec.type === 'boolean') return []
      const words = [`--${name}`, ...(spec.short === undefined ? [] : [`-${spec.short}`])]
      const pattern = words.map(word => `'${command.name} ${word}'`).join('|')
      return [`    ${pattern}) words='${spec.choices?.join(' ') ?? ''}' ;;`]
    }),
  )
  const others = commands.map(command => {
    const words = [...command.positionals.map(choicesOf), ...optionsOf(command).map(([name]) => `--${name}`)]
    return `      ${command.name}) words='${words.filter(word => word !== undefined).join(' ')}' ;;`
  })
  return `# Completion of qernel for bash: source <(qernel completion bash)
_qernel() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${commands.map(({ name }) => name).join(' ')} --help --version'
  else
    case "\${COMP_WORDS[1]} $before" in
${values.join('\n')}
    *) case "\${COMP_WORDS[1]}" in
${others.join('\n')}
      esac ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
# Where nothing fits, names of files, kernel files among them.
complete -o default -F _qernel qernel
`
}

/** In single quotes for a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

function zsh(commands: readonly AnyCommand[]): string {
  const plain = (text: string): string => text.replace(/[[\]:\\]/g, found => `\\${found}`)
  const cases = commands.map(command => {
    const positionals = command.positionals.map(argument => {
      const choices = choicesOf(argument)
      const action =
        argument.files !== undefined ? '_qernel_kernels' : choices === undefined ? '_files' : `(${choices})`
      return quoted(`${argument.optional ? ':' : ''}:${plain(argument.name)}:${action}`)
    })
    const options = optionsOf(command).flatMap(([name, spec]) => {
      const value =
        spec.type === 'boolean'
          ? ''
          : `:${plain(spec.value)}:${spec.choices === undefined ? (isFile(spec) ? '_files' : ' ') : `(${spec.choices.join(' ')})`}`
      const repeats = spec.type === 'string' && spec.multiple ? '*' : ''
      const words = [`--${name}`, ...(spec.short === undefined ? [] : [`-${spec.short}`])]
      return words.map(word => quoted(`${repeats}${word}[${plain(spec.description)}]${value}`))
    })
    return `    ${command.name}) _arguments ${[...positionals, ...options].join(' \\\n      ')} ;;`
  })
  return `#compdef qernel
# Completion of qernel for zsh: qernel completion zsh > "\${fpath[1]}/_qernel"
_qernel_kernels() {
  _alternative 'kernels:kernel:(${kernels()})' 'files:kernel file:_files -g "*${kernelPositional.files}"'
}
_qernel() {
  local -a all
  all=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${plain(summary)}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command all
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join('\n')}
  esac
}
_qernel "$@"
`
}

function fish(commands: readonly AnyCommand[]): string {
  const lines = commands.flatMap(command => {
    const on = `complete -c qernel -n '__fish_seen_subcommand_from ${command.name}'`
    const choices = command.positionals.map(choicesOf).filter(each => each !== undefined)
    return [
      `complete -c qernel -f -n __fish_use_subcommand -a ${command.name} -d ${fishQuoted(command.summary)}`,
      ...choices.map(each => `${on} -f -a ${fishQuoted(each)}`),
      ...command.positionals
        .filter(({ files }) => files !== undefined)
        .map(({ files }) => `${on} -f -a '(__fish_complete_suffix ${files})'`),
      ...optionsOf(command).map(([name, spec]) => {
        const short = spec.short === undefined ? '' : ` -s ${spec.short}`
        const value =
          spec.type === 'boolean'
            ? ''
            : spec.choices === undefined
              ? ` -r${isFile(spec) ? 'F' : 'f'}`
              : ` -xa '${spec.choices.join(' ')}'`
        return `${on} -l ${name}${short}${value} -d ${fishQuoted(spec.description)}`
      }),
    ]
  })
  return `# Completion of qernel for fish: qernel completion fish > ~/.config/fish/completions/qernel.fish\n${lines.join('\n')}\n`
}

const fishQuoted = (text: string): string => `'${text.replace(/['\\]/g, found => `\\${found}`)}'`
