/** A compiler from CUDA C++ to machine code of one GPU: NVRTC, or nvcc if only that is installed. */
export interface CudaCompiler {
  /** Name and version: "NVRTC 13.0". */
  readonly name: string
  /**
   * @param name the name of the file in messages
   * @param architecture a compute capability, 90 for 9.0
   * @returns a cubin, or PTX if the compiler is older than the GPU
   * @throws CompilationLog
   */
  compile(source: string, name: string, architecture: number): Promise<Uint8Array>
}
