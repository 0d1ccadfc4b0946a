/** Text as one line of comment. A backslash at its end would continue it into the next line. */
export function comment(text: string): string {
  const line = `// ${text.replace(/[\r\n]+/g, ' ')}`
  // Of most lines nothing is cut off, and looking for it from each blank on takes time.
  return /[\s\\]/.test(line.at(-1) as string) ? line.replace(/[\s\\]+$/, '') : line
}
