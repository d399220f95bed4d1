/**
 * The elementary functions that engines do not round alike, written with + - * / and sqrt only, so that a run gives
 * the same bits on every Node version and machine.
 */
export { exp, expm1, log, log1p, pow } from './exponential.ts'
export { erf, erfc, normalCdf, normalPdf, normalQuantile } from './normal.ts'
export { cos, sin } from './trigonometric.ts'
