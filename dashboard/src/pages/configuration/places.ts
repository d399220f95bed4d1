import { at, dataOf, type Path, without } from './yaml-edit.ts'

/** A sleeve as the file lists it. */
export interface ListedSleeve {
  readonly id: string
  /** In the list of the text. */
  readonly place: number
  readonly title: string
  readonly strategy: string | null
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** What an entry is known by without the file that it names. */
function markOf(entry: unknown): string {
  return textOf(entry) ?? textOf(at(entry, ['id'])) ?? textOf(at(entry, ['use'])) ?? ''
}

const listOf = (tree: unknown): readonly unknown[] => {
  const list = at(tree, ['sleeves'])
  return Array.isArray(list) ? list : []
}

/** Blocks of the file that say something of sleeves by their names. */
const BY_SLEEVE: readonly Path[] = [
  ['overlays', 'lifecycle', 'stages'],
  ['overlays', 'lifecycle', 'validated_drawdown'],
  ['allocation', 'bounds'],
  ['allocation', 'budget'],
  ['allocation', 'volatilities'],
  ['allocation', 'known'],
]

/** The text without a sleeve, and without what else is said of it by its name. */
export function withoutSleeve(text: string, { id, place }: Pick<ListedSleeve, 'id' | 'place'>): string {
  const rest = BY_SLEEVE.reduce((left, block) => without(left, [...block, id]), text)
  return without(rest, ['sleeves', place])
}

/**
 * The sleeves of a draft, in its order.
 *
 * @param saved the text that the draft was begun from, whose entries stand for the sleeves of `whole` one by one
 * @param whole the configuration with what it takes from other files
 */
export function listedSleeves(draft: string, saved: string, whole: unknown): readonly ListedSleeve[] {
  const resolved = listOf(whole)
  const known = new Map(listOf(dataOf(saved)).map((entry, index) => [markOf(entry), resolved[index]]))
  return listOf(dataOf(draft)).map((entry, place) => {
    const mark = markOf(entry)
    const of = (key: string): string | null => textOf(at(entry, [key]) ?? at(known.get(mark), [key]))
    const id = of('id') ?? mark
    return { id, place, title: of('title') ?? id, strategy: of('strategy') }
  })
}
