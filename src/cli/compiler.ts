import { setFlagsFromString } from 'node:v8'

/*
 * What the compiler of V8 is told, beyond what it takes by itself:
 *
 * - How much of what a function calls is put into it, in bytes of its code. The day of a large portfolio is a few long
 *   functions that call many short ones: with twice and a half as much a backtest takes a fifteenth less processor time,
 *   and the program as much memory.
 * - How much of a function must have run, in bytes of its code, before it is compiled to fast code. Many commands are over
 *   before that pays: with twice as much a month of paper trading takes an eighth less processor time, a backtest of four
 *   seconds a fifteenth. With four times that a short command gains more, and a large portfolio loses.
 */
export const COMPILER_LIMITS: Readonly<Record<string, number>> = {
  'max-inlined-bytecode-size': 1_200,
  'max-inlined-bytecode-size-cumulative': 2_500,
  'interrupt-budget': 250_000,
}

/** Holds for all threads of the process, for what is compiled from now on. No number that is computed depends on it. */
export function limitCompiler(): void {
  for (const [flag, bytes] of Object.entries(COMPILER_LIMITS)) setFlagsFromString(`--${flag}=${bytes}`)
}
