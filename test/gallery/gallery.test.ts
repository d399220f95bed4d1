import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { STRATEGIES } from '../../src/pipeline/strategies/registry.ts'
import { GALLERY, galleryFiles } from './gallery.ts'

const RENEW = 'write it anew with "npm run gallery", then look at it'

describe('the gallery', () => {
  const files = galleryFiles()

  it('has a picture of every strategy and nothing else', () => {
    const wanted = ['README.md', ...STRATEGIES.map(({ name }) => `${name}.svg`)]
    expect(readdirSync(GALLERY).toSorted(), RENEW).toEqual(wanted.toSorted())
  })
  it.each([...files.keys()].map((name) => [name] as const))('%s is up to date', (name) => {
    expect(readFileSync(join(GALLERY, name), 'utf8') === files.get(name), `docs/gallery/${name}: ${RENEW}`).toBe(true)
  })
  it('is well-formed, small and without a number that is none', () => {
    for (const [name, text] of files) {
      if (!name.endsWith('.svg')) continue
      expect([name, /NaN|Infinity|undefined|null/.exec(text)?.[0] ?? null]).toEqual([name, null])
      const open = [...text.matchAll(/<(\w+)[^>]*[^/]>|<(\w+)>/g)].length
      expect([name, open]).toEqual([name, [...text.matchAll(/<\/\w+>/g)].length])
      expect(text.length).toBeLessThan(200_000)
    }
  })
  it('marks in every picture what the strategy did', () => {
    for (const { name } of STRATEGIES) {
      const [head = ''] = files.get(`${name}.svg`)!.split('class="head"')
      const marks = (text: string): number => [...text.matchAll(/class="(mark|cross)/g)].length
      // Those before the first panel are the legend's.
      expect([name, marks(files.get(`${name}.svg`)!) > marks(head)]).toEqual([name, true])
    }
  })
})
