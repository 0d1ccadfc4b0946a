/** Names with a meaning in the files of the PyTorch extension: Python keywords, and the names that those files use. */
const taken = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield match case type self ' +
    'torch pathlib load dict list tuple range zip isinstance print name test error value values position wrong place shifted room strided ' +
    'sizes result compiled operator limits generator SIZES random_floats random_codes arguments on_the_gpu results assert_same assert_right tensors ' +
    'at c10 std reference check check_length library guard status'
  ).split(' '),
)

/** The name of a kernel in Python. */
export const torchName = (kernel: string): string => (taken.has(kernel) ? `${kernel}_` : kernel)
