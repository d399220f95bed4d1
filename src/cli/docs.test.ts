import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { FAULTS } from '../domain/faults.ts'
import { SCHEDULES } from '../exchange/schedules.ts'
import { packageRoot } from './package-root.ts'
import { buildProgram } from './program.ts'

const root = packageRoot()
const text = readFileSync(join(root, 'docs', 'cli.md'), 'utf8')

function leaves(command: Command, path: string): readonly (readonly [string, Command])[] {
  const name = `${path} ${command.name()}`.trim()
  return command.commands.length === 0 ? [[name, command]] : command.commands.flatMap((inner) => leaves(inner, name))
}

/** The part of the page under the heading of a command. */
function sectionOf(name: string): string {
  const start = text.indexOf(`## \`${name}`)
  const end = text.indexOf('\n## ', start + 1)
  return start === -1 ? '' : text.slice(start, end === -1 ? undefined : end)
}

describe('docs/cli.md', () => {
  it.each(leaves(buildProgram(), ''))('describes every option of %s', (name, command) => {
    const section = sectionOf(name)
    expect(section).not.toBe('')
    for (const option of command.options) expect(section).toContain(option.long)
  })
  it('names every commission schedule', () => {
    for (const name of Object.keys(SCHEDULES)) expect(text).toContain(`\`${name}\``)
  })
})

/** The page of faults, from the table that the program speaks from. */
function faultsPage(): string {
  const cell = (value: string): string => value.replaceAll('|', '\\|')
  const rows = Object.entries(FAULTS).map(([code, { exit, text: said }]) => `| \`${code}\` | ${exit} | ${cell(said)} |`)
  return `# Faults

Everything that can be wrong from outside: the sentence (\`{name}\` stands for the value) and the exit code that goes with it:
1 the run failed, 2 the input is wrong, 3 a sleeve was paused. Written by the test of \`src/cli/docs.test.ts\` (\`npx vitest run src/cli/docs.test.ts -u\`).

| code | exit | what is said |
|---|---|---|
${rows.join('\n')}
`
}

describe('docs/faults.md', () => {
  it('is the table of faults', async () => {
    await expect(faultsPage()).toMatchFileSnapshot(join(root, 'docs', 'faults.md'))
  })
})
