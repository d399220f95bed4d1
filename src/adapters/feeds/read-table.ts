import { readDelimited } from './delimited.ts'
import { readNdjson } from './ndjson.ts'
import type { Table } from './table.ts'

/**
 * Reads a CSV, NDJSON or Parquet file as a table. Parquet is what is named .parquet (its reader is loaded only then), NDJSON
 * what is named .ndjson or .jsonl.
 *
 * @param source what messages call the file: its name relative to the data folder
 * @throws FaultError FILE_MISSING, FILE_UNREADABLE, FILE_EMPTY, DATA_REFUSED
 */
export async function readTable(path: string, source: string): Promise<Table> {
  if (/\.(ndjson|jsonl)$/i.test(path)) return readNdjson(path, source)
  if (!path.toLowerCase().endsWith('.parquet')) return readDelimited(path, source)
  const { readParquet } = await import('./parquet.ts')
  return readParquet(path, source)
}
