/** Names the file of rows in a process of `qernel bench` that is watched; a temporary one, if the user wants none. */
export const watchedRows = 'QERNEL_BENCH_ROWS'
