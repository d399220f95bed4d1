import { CommanderError } from 'commander'
import { limitCompiler } from './compiler.ts'
import { failureOf } from './failure.ts'
import { endQuietlyOnClosedPipe } from './output.ts'
import { buildProgram } from './program.ts'
import { withoutPassword } from './serve/engine-start.ts'

limitCompiler()
endQuietlyOnClosedPipe()
// Everybody may list processes and what they were started with: a password that was typed is not shown for long.
if (process.argv.some((word) => withoutPassword(word).password !== ''))
  process.title = `polyfolio ${process.argv[2] ?? ''}`
try {
  await buildProgram().parseAsync(process.argv)
} catch (cause) {
  if (cause instanceof CommanderError) {
    // help and version end with 0; a wrong command line is wrong input
    process.exitCode = cause.exitCode === 0 ? 0 : 2
  } else {
    const { text, exit } = failureOf(cause, process.env['POLYFOLIO_DEBUG'] === '1')
    process.stderr.write(`${text}\n`)
    process.exitCode = exit
  }
}
