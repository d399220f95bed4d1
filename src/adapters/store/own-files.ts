/** Files of the user alone: what a portfolio holds and does is nobody else's on the machine. */
import { closeSync, openSync } from 'node:fs'

export const OWNER_ONLY = 0o600
export const OWN_FOLDER = 0o700

/** In memory, in SQLite's words. */
const NO_FILE = ':memory:'

/**
 * Makes an empty file for the owner alone, where there is none: a database that is opened there keeps its access, and gives
 * its log the same. One that is there stays as its owner set it; where none can be made, who opens it says why.
 */
export function makeOwnFile(file: string): void {
  if (file === NO_FILE) return
  try {
    closeSync(openSync(file, 'wx', OWNER_ONLY))
  } catch {
    // It is there, or its folder is not.
  }
}
