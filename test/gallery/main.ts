import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GALLERY, galleryFiles } from './gallery.ts'

/* `npm run gallery`: writes docs/gallery anew. */

const files = galleryFiles()
mkdirSync(GALLERY, { recursive: true })
for (const name of readdirSync(GALLERY)) if (!files.has(name)) rmSync(join(GALLERY, name))
for (const [name, text] of files) writeFileSync(join(GALLERY, name), text)
console.log(`${files.size} files in docs/gallery`)
