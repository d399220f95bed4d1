import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of this repository. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

export interface Source {
  readonly path: string // from the root, with forward slashes
  readonly text: string
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? walk(path) : [path]
  })
}

/** Every file below the named folders of the root, in order of path; folders that do not exist hold none. */
export function filesBelow(...folders: readonly string[]): Source[] {
  const paths = folders.map((folder) => join(ROOT, folder)).filter((folder) => existsSync(folder))
  return paths
    .flatMap(walk)
    .map((path) => ({ path: relative(ROOT, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** The product's own modules: no tests. */
export function productModules(): Source[] {
  return filesBelow('src').filter(({ path }) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
}

/** The paths that git would publish: tracked, or new and not ignored; null outside a git checkout. */
function listedByGit(): string[] | null {
  if (!existsSync(join(ROOT, '.git'))) return null
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  return list.toString().split('\n')
}

/** Every text file of the repository, without what is installed, built or downloaded. */
export function publishedFiles(): Source[] {
  const isOurs = (name: string): boolean => !/^(\.git|node_modules|dist|coverage)$/.test(name)
  const paths =
    listedByGit() ??
    readdirSync(ROOT, { withFileTypes: true })
      .filter(({ name }) => isOurs(name))
      .flatMap((entry) => (entry.isDirectory() ? filesBelow(entry.name).map(({ path }) => path) : [entry.name]))
  return paths
    .filter((path) => path !== '' && existsSync(join(ROOT, path)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
    .filter(({ text }) => !text.includes('\u0000'))
}
