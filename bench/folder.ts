/** Where the bench's own files lie: C sources, prices, compiled loops. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder with the C sources: this file's own, or one above it when this file runs compiled. */
export function benchFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'c', 'common.h'))) {
    const above = dirname(folder)
    if (above === folder) throw new Error('no folder "c" with the C loops beside the bench or above it')
    folder = above
  }
  return folder
}
