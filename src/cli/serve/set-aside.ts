/** A store that gives its place to a new one: nothing is deleted. */
import { existsSync, readdirSync, renameSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** What a store keeps beside its file: its log, its key, how far each journal is, who runs it, old bars. */
const BESIDE = /^(-wal|-shm|\.secrets-key|\.archive|\.[0-9a-f]{12}\.(head|lock))$/

/**
 * The store, and what lies beside it, get another name.
 *
 * @param folder of the files that it was run with; goes along
 */
export function setAside(store: string, folder: string): void {
  if (!existsSync(store)) return
  let old = `${store}.old`
  for (let again = 2; existsSync(old); again += 1) old = `${store}.old-${again}`
  renameSync(store, old)
  if (existsSync(folder)) renameSync(folder, `${old}-presets`)
  const name = basename(store)
  for (const file of readdirSync(dirname(store))) {
    const end = file.startsWith(name) ? file.slice(name.length) : ''
    if (BESIDE.test(end)) renameSync(`${store}${end}`, `${old}${end}`)
  }
}
