/** A file to write; undefined for `-`, standard output. */
export const fileOption = (given: string | undefined): string | undefined => (given === '-' ? undefined : given)
