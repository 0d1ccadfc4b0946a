/** Moves the focus to the text of a step, once the page shows it: what had the focus is no longer there. Behind the last step that is the field for a new one. */
export function focusStep(position: number): void {
  setTimeout(() => {
    const [list, form] = [document.querySelector('.steps'), document.querySelector('.new-step')]
    const field = list?.children[position]?.querySelector('.step-text') ?? form?.querySelector('input')
    if (field instanceof HTMLElement) field.focus()
  })
}
