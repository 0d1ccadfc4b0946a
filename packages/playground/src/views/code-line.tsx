import { tokens } from './highlight.ts'

/** The words of a line, coloured. */
export const CodeText = ({ text }: { readonly text: string }) => (
  <>
    {tokens(text).map(({ kind, text: word }, position) =>
      kind === 'plain' ? (
        word
      ) : (
        <span key={position} class={`t-${kind}`}>
          {word}
        </span>
      ),
    )}
  </>
)
