const looked = new WeakMap<Int32Array, boolean>()

/**
 * Whether an array holds 0, 1, 2 and so on: then a place in it is its own value, and rows can be read without it. Each
 * array is looked at once, so it must not be written to afterwards.
 *
 * @example countsUp(Int32Array.of(0, 1, 2)) // => true
 */
export function countsUp(places: Int32Array): boolean {
  let known = looked.get(places)
  if (known === undefined) {
    known = places.every((value, place) => value === place)
    looked.set(places, known)
  }
  return known
}
