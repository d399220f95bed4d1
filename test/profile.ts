/**
 * How long and from which seed the property tests run: short from one fixed seed, so that every run of the tests says
 * the same; or nightly, long and from a fresh seed, which is printed and can be given again by POLYFOLIO_SEED.
 */
export const isNightly = process.env['POLYFOLIO_PROFILE'] === 'nightly'
const FIXED_SEED = 20_000_101

function readSeed(): number {
  const given = process.env['POLYFOLIO_SEED']
  if (given === undefined) return isNightly ? Date.now() % 2_147_483_647 : FIXED_SEED
  const seed = Number(given)
  if (!Number.isSafeInteger(seed)) throw new Error(`POLYFOLIO_SEED must be a whole number, was "${given}"`)
  return seed
}

export const SEED = readSeed()
if (isNightly && process.env['POLYFOLIO_SEED'] === undefined) {
  console.log(`nightly properties, seed ${SEED}; repeat with POLYFOLIO_PROFILE=nightly POLYFOLIO_SEED=${SEED}`)
}

/** Options of `fc.assert` for this profile; `nightly` is twenty times `normal` unless it is stated. */
export function propertyRuns(normal: number, nightly: number = normal * 20): { seed: number; numRuns: number } {
  return { seed: SEED, numRuns: isNightly ? nightly : normal }
}
