import { useEffect } from 'preact/hooks'
import type { Model } from './model.ts'

/** How long a sentence stays, in milliseconds: long enough to be read twice. */
const shownFor = 9000

/** The last message, over the page, so that it moves nothing. Screen readers announce it. */
export const Notice = ({ model: { notice } }: { readonly model: Model }) => {
  const text = notice.value
  useEffect(() => {
    if (text === '') return
    const timer = setTimeout(() => {
      notice.value = ''
    }, shownFor)
    return () => clearTimeout(timer)
  }, [text, notice])
  return (
    <div class="notice" role="status" aria-live="polite">
      {text}
    </div>
  )
}
