import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FROM_SOURCE } from './own-package.ts'

export interface TypeProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly reason: string
}

/** What the compiler says of a file; or why nobody asked it. */
export type TypeCheck =
  | { readonly checked: true; readonly problems: readonly TypeProblem[] }
  | { readonly checked: false; readonly reason: string }

interface SourceFile {
  readonly fileName: string
  getLineAndCharacterOfPosition(position: number): { readonly line: number; readonly character: number }
}

interface Diagnostic {
  readonly start?: number
  readonly messageText: unknown
}

interface CompilerHost {
  fileExists(path: string): boolean
  getSourceFile(path: string, version: unknown): SourceFile | undefined
}

/** The part of the compiler's programming interface that is used here: it is not installed where the product runs. */
interface Compiler {
  readonly ScriptTarget: { readonly ES2022: number }
  readonly ModuleKind: { readonly ESNext: number }
  readonly ModuleResolutionKind: { readonly Bundler: number }
  readonly ModuleDetectionKind: { readonly Force: number }
  createCompilerHost(options: object): CompilerHost
  createProgram(files: readonly string[], options: object, host: CompilerHost): CompiledProgram
  createSourceFile(path: string, text: string, version: unknown): SourceFile
  flattenDiagnosticMessageText(text: unknown, separator: string): string
}

interface CompiledProgram {
  getSourceFiles(): readonly SourceFile[]
  getSyntacticDiagnostics(source: SourceFile): readonly Diagnostic[]
  getSemanticDiagnostics(source: SourceFile): readonly Diagnostic[]
}

/** What a strategy may use of its surroundings where no types of Node are installed. */
const SURROUNDINGS = `
declare const console: { log(...parts: unknown[]): void; error(...parts: unknown[]): void; warn(...parts: unknown[]): void }
`
const SURROUNDINGS_FILE = '/polyfolio-surroundings.d.ts'

/**
 * Checks a TypeScript file and what it imports with strict settings, by the compiler that its own folder resolves, or
 * else by the one that this package resolves. Types of `polyfolio` are those of the program that runs.
 */
export function checkTypes(file: string): TypeCheck {
  const compiler = compilerFor(file)
  if (compiler === null)
    return { checked: false, reason: 'no typescript was found; run "npm install typescript" beside it' }
  const declarations = ['index', 'node'].map((name) =>
    fileURLToPath(new URL(`../../${name}.${FROM_SOURCE ? 'ts' : 'd.ts'}`, import.meta.url)),
  )
  const types = typesOfNode(file)
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    target: compiler.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    module: compiler.ModuleKind.ESNext,
    moduleResolution: compiler.ModuleResolutionKind.Bundler,
    moduleDetection: compiler.ModuleDetectionKind.Force,
    types: types === null ? [] : ['node'],
    ...(types === null ? {} : { typeRoots: [types] }),
    paths: { polyfolio: [declarations[0]!], 'polyfolio/node': [declarations[1]!] },
  }
  const host = compiler.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (path) => path === SURROUNDINGS_FILE || fileExists(path)
  host.getSourceFile = (path, version) =>
    path === SURROUNDINGS_FILE ? compiler.createSourceFile(path, SURROUNDINGS, version) : getSourceFile(path, version)
  const program = compiler.createProgram(types === null ? [file, SURROUNDINGS_FILE] : [file], options, host)
  const own = program.getSourceFiles().filter(({ fileName }) => isUsers(fileName, file))
  const problems = own.flatMap((source) =>
    [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((diagnostic) => {
      const { line, character } = source.getLineAndCharacterOfPosition(diagnostic.start ?? 0)
      const reason = compiler.flattenDiagnosticMessageText(diagnostic.messageText, '; ').replaceAll(/\s+/g, ' ')
      return { file: source.fileName, line: line + 1, column: character + 1, reason }
    }),
  )
  return { checked: true, problems }
}

/** What the user wrote: the file, and what it imports from beside it. */
function isUsers(path: string, file: string): boolean {
  if (path === file) return true
  return !path.endsWith('.d.ts') && path.startsWith(dirname(file) + sep) && !path.includes(`${sep}node_modules${sep}`)
}

function compilerFor(file: string): Compiler | null {
  for (const from of [file, fileURLToPath(import.meta.url)]) {
    try {
      const compiler = createRequire(from)('typescript') as Partial<Compiler>
      // A compiler may come without an interface to call it by: the next place is asked.
      if (typeof compiler.createProgram === 'function') return compiler as Compiler
    } catch {
      // not installed there
    }
  }
  return null
}

function typesOfNode(file: string): string | null {
  for (const from of [file, fileURLToPath(import.meta.url)]) {
    try {
      const found = dirname(dirname(createRequire(from).resolve('@types/node/package.json')))
      if (existsSync(found)) return found
    } catch {
      // not installed there
    }
  }
  return null
}
