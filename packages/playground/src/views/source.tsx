import type { TargetName } from '@qernel/codegen'
import { download } from '../page/download.ts'
import type { Model } from '../page/model.ts'
import { Panel } from '../page/panel.tsx'
import { CodeText } from './code-line.tsx'

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
        <SourceText title={title} text={result.text} />
      ) : (
        <p class="empty">{result?.message ?? 'The kernel has to be right first.'}</p>
      )}
    </Panel>
  )
}

const SourceText = ({ title, text }: { readonly title: string; readonly text: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard has to reach it.
  <section class="code scroll" tabIndex={0} aria-label={`${title} source`}>
    <pre>
      {text
        .trimEnd()
        .split('\n')
        .map((line, position) => (
          <code key={position} class="line">
            <CodeText text={line} />
          </code>
        ))}
    </pre>
  </section>
)
