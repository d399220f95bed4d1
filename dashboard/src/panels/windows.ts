/** Days that rolling figures look back over. */
export const WINDOWS = ['30', '60', '90'] as const
export type WindowText = (typeof WINDOWS)[number]
