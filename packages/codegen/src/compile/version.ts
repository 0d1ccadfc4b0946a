/** The version of the compiler: that of this package, written into everything it makes. */
export const compilerVersion = '0.1.0'
