import type { TargetName } from '@qernel/codegen'
import { download } from '../page/download.ts'
import type { Model } from '../page/model.ts'
import { Panel } from '../page/panel.tsx'
import { SourceText } from './source-text.tsx'

interface Language {
  readonly title: string
  readonly extension: string
}

const languages: Readonly<Record<TargetName, Language>> = {
  wgsl: { title: 'WGSL', extension: 'wgsl' },
  cuda: { title: 'CUDA', extension: 'cu' },
}

/** The source for one target. */
export const Source = ({ model, target }: { readonly model: Model; readonly target: TargetName }) => {
  const { sources, kernel } = model.compiled.value
  const { title, extension } = languages[target]
  const result = sources?.[target]
  const file = `${kernel?.name ?? 'kernel'}.${extension}`
  return (
    <Panel
      name={target}
      title={title}
      note={result?.kind === 'source' ? `${result.text.trimEnd().split('\n').length} lines` : undefined}
      actions={
        <button
          type="button"
          disabled={result?.kind !== 'source'}
          onClick={() => result?.kind === 'source' && download(file, result.text)}
        >
          Download .{extension}
        </button>
      }
    >
      {result?.kind === 'source' ? (
        <SourceText model={model} title={title} text={result.text} marks={result.marks} />
      ) : (
        <p class="empty">{result?.message ?? 'The kernel has to be right first.'}</p>
      )}
    </Panel>
  )
}
