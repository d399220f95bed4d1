import { portfolioJsonSchema } from '../config/json-schema.ts'
import { printJson } from '../output.ts'

/** `polyfolio config schema`: what editors need to complete and check a portfolio file. */
export function configSchema(): void {
  printJson(portfolioJsonSchema())
}
