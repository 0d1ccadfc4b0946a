/** Text as one line of comment. A backslash at its end would continue it into the next line. */
export const comment = (text: string): string => `// ${text.replace(/[\r\n]+/g, ' ')}`.replace(/[\s\\]+$/, '')
