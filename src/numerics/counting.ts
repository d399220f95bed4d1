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

/**
 * Whether a number is missing among finite ones: the sum of all of them is one only where each is. Four sums side by side
 * wait less for each other than one.
 *
 * @example hasGap(Float64Array.of(1, NaN, 3)) // => true
 */
export function hasGap(values: Float64Array): boolean {
  const count = values.length
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let place = 0
  for (; place + 3 < count; place += 4) {
    a += values[place]!
    b += values[place + 1]!
    c += values[place + 2]!
    d += values[place + 3]!
  }
  for (; place < count; place += 1) a += values[place]!
  return Number.isNaN(a + b + c + d)
}
