/** A package.json as the scripts read it: the members that they use, with their shapes checked. */
import * as v from 'valibot'

const versions = v.optional(v.record(v.string(), v.string()), {})

const manifest = v.object({
  name: v.string(),
  description: v.optional(v.string(), ''),
  packageManager: v.optional(v.string(), ''),
  exports: v.optional(v.record(v.string(), v.union([v.string(), v.null(), v.looseObject({})])), {}),
  dependencies: versions,
  peerDependencies: versions,
  devDependencies: versions,
})
export type Manifest = v.InferOutput<typeof manifest>

/**
 * @param text of the file
 * @throws Error naming the member whose shape is wrong
 */
export const parseManifest = (text: string): Manifest => v.parse(manifest, JSON.parse(text))
