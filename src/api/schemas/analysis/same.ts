/** Whether a schema says the same as a type: neither more nor less goes out than the contract has. */
import type { z } from 'zod'

type ReadonlyDeep<T> = T extends readonly (infer Item)[]
  ? number extends T['length']
    ? readonly ReadonlyDeep<Item>[]
    : { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> }
  : T extends object
    ? { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> }
    : T

/** Does not compile where one of them has what the other one has not. */
export function same<View>() {
  return <Schema extends z.ZodType<View>>(
    schema: Schema & (View extends ReadonlyDeep<z.output<Schema>> ? unknown : { readonly isMissing: keyof View }),
  ): Schema => schema
}
