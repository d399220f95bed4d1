import ts from 'typescript'
import type { Source } from './sources.ts'

/**
 * What the product never says. Everywhere: enums, `export *`, default exports. In the pure rings also everything that
 * would make the same input give another output: clock, chance, timers, network, environment, waiting, language
 * settings, and arithmetic whose last bit differs between machines.
 */
export interface Breach {
  readonly ban: Ban
  readonly path: string
  readonly line: number
  readonly text: string
}

/** Every ban and what to do instead. */
export const BANS = {
  enum: 'write a union from one `as const` array',
  exportStar: 'list each exported name',
  defaultExport: 'export by name',
  clock: 'take the instant from the event; the clock is an adapter',
  chance: 'draw from numerics/random.ts with a stated seed',
  timer: 'ask for a timer by a command',
  network: 'take a port; adapters talk to the network',
  environment: 'take the value as an argument; only cli/ reads the machine',
  crypto: 'return canonical bytes; the outer ring hashes them',
  console: 'return what there is to say',
  waiting: 'stay synchronous; what must wait is a command',
  power: 'multiply, or take pow from numerics/elementary.ts',
  inexactMath: 'take the function from numerics/elementary.ts, or say floor(x + 0.5) for rounding',
  locale: 'compare with < and >, format by hand',
  sortWithoutComparator: 'give a comparator: the default order is that of text',
} as const
export type Ban = keyof typeof BANS

const PURE = /^src\/(domain|numerics|indicators|pipeline|exchange|engine|research)\//

/** Global names, and the ban on each. */
const GLOBALS: ReadonlyMap<string, Ban> = new Map([
  ...names('clock', 'Date', 'performance', 'Temporal'),
  ...names('timer', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame'),
  ...names('network', 'fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'),
  ...names('environment', 'process', 'globalThis', 'global', 'window', 'self', 'navigator', 'Buffer', 'require'),
  ...names('crypto', 'crypto'),
  ...names('console', 'console'),
  ...names('locale', 'Intl'),
])

/** Functions of Math that IEEE 754 or ECMAScript define to the last bit, and its constants. */
const EXACT_MATH: ReadonlySet<string> = new Set(
  'abs ceil clz32 floor fround imul max min sign sqrt trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2'.split(' '),
)

const LOCALE_METHODS = /^(localeCompare|toLocale\w*)$/
const TYPED_ARRAY = /^(new )?(Float|Int|Uint)(8|16|32|64)Array(\.from|\.of)?\(/
const SORTS: ReadonlySet<string> = new Set(['sort', 'toSorted'])

function names(ban: Ban, ...list: readonly string[]): [string, Ban][] {
  return list.map((name) => [name, ban])
}

/** Whether an identifier stands for a value of the surrounding scope, not for a member, a key or a declared name. */
function isReference(node: ts.Identifier): boolean {
  const parent = node.parent
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isQualifiedName(parent)) return parent.left === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isBindingElement(parent)) return parent.initializer === node
  if (ts.isShorthandPropertyAssignment(parent)) return true
  if ((parent as ts.Node & { readonly name?: ts.Node }).name === node) return false // a declared name
  return !(ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isJsxAttribute(parent))
}

type Scopes = ReadonlyMap<string, readonly ts.Node[]>

/** For every name that the module declares itself, the stretches of text in which it means that declaration. */
function scopesOf(file: ts.SourceFile): Scopes {
  const scopes = new Map<string, ts.Node[]>()
  const visit = (node: ts.Node, scope: ts.Node): void => {
    const inner = ts.isBlock(node) || ts.isFunctionLike(node) || ts.isForStatement(node) ? node : scope
    const declares =
      ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node) || ts.isImportSpecifier(node)
    if ((declares || ts.isFunctionDeclaration(node)) && node.name !== undefined && ts.isIdentifier(node.name))
      scopes.set(node.name.text, [...(scopes.get(node.name.text) ?? []), scope])
    ts.forEachChild(node, (child) => visit(child, inner))
  }
  visit(file, file)
  return scopes
}

function isOwn(node: ts.Identifier, scopes: Scopes): boolean {
  return (scopes.get(node.text) ?? []).some((scope) => scope.pos <= node.pos && node.end <= scope.end)
}

function everywhere(node: ts.Node): Ban | null {
  if (ts.isEnumDeclaration(node)) return 'enum'
  if (ts.isExportDeclaration(node) && (node.exportClause === undefined || ts.isNamespaceExport(node.exportClause)))
    return 'exportStar'
  if (ts.isExportAssignment(node)) return 'defaultExport'
  if (ts.isExportSpecifier(node) && node.name.text === 'default') return 'defaultExport'
  return node.kind === ts.SyntaxKind.DefaultKeyword ? 'defaultExport' : null
}

/** `Math` is for member access only, so that no inexact function slips out under another name. */
function mathBan(node: ts.Identifier): Ban | null {
  const parent = node.parent
  if (!ts.isPropertyAccessExpression(parent)) return 'inexactMath'
  if (parent.name.text === 'random') return 'chance'
  if (parent.name.text === 'pow') return 'power'
  return EXACT_MATH.has(parent.name.text) ? null : 'inexactMath'
}

function waits(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword) return true
  if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return true
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return true
  if (!ts.isIdentifier(node) || node.text !== 'Promise') return false
  return !ts.isTypeReferenceNode(node.parent) && isReference(node) // ports may name the type
}

/** A sort without comparator orders text, but typed arrays by number: those pass where they are visibly typed arrays. */
function sortsAsText(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || node.arguments.length > 0) return false
  const called = node.expression
  if (!ts.isPropertyAccessExpression(called) || !SORTS.has(called.name.text)) return false
  return !TYPED_ARRAY.test(called.expression.getText())
}

function inPureRings(node: ts.Node, scopes: Scopes): Ban | null {
  if (ts.isIdentifier(node) && isReference(node) && !isOwn(node, scopes)) {
    if (node.text === 'Math') return mathBan(node)
    const ban = GLOBALS.get(node.text)
    if (ban !== undefined) return ban
  }
  if (waits(node)) return 'waiting'
  if (node.kind === ts.SyntaxKind.AsteriskAsteriskToken || node.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken)
    return 'power'
  if (ts.isPropertyAccessExpression(node) && LOCALE_METHODS.test(node.name.text)) return 'locale'
  return sortsAsText(node) ? 'sortWithoutComparator' : null
}

/** Every breach of a ban in one module, in the order of its text. */
export function breachesOf({ path, text }: Source): Breach[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  const scopes = scopesOf(file)
  const isPure = PURE.test(path)
  const found: Breach[] = []
  const visit = (node: ts.Node): void => {
    const ban = everywhere(node) ?? (isPure ? inPureRings(node, scopes) : null)
    if (ban !== null) {
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
      found.push({ ban, path, line, text: node.getText(file).split('\n')[0]! })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** One line a breach, with its cure. */
export function describeBreach({ ban, path, line, text }: Breach): string {
  return `${path}:${line} "${text}" (${ban}): ${BANS[ban]}`
}
