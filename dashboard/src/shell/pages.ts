import type { IconName } from '../frame/Icon.tsx'

export interface PageLink {
  readonly path: string
  readonly title: string
  /** Where there is little room. */
  readonly short: string
  readonly key: string
  readonly icon: IconName
}

/** The five pages, as in the bar, the palette and the keys `g` and their letter. */
export const PAGES: readonly PageLink[] = [
  { path: '/', title: 'Overview', short: 'Overview', key: 'o', icon: 'overview' },
  { path: '/risk', title: 'Risk', short: 'Risk', key: 'r', icon: 'risk' },
  { path: '/performance', title: 'Performance', short: 'Performance', key: 'p', icon: 'performance' },
  { path: '/strategy', title: 'Strategy', short: 'Strategy', key: 's', icon: 'strategy' },
  { path: '/config', title: 'Configuration', short: 'Configure', key: 'c', icon: 'configure' },
]

export function isAt(page: PageLink, path: string): boolean {
  return page.path === '/' ? path === '/' : path === page.path || path.startsWith(`${page.path}/`)
}

export function pageAt(path: string): PageLink | undefined {
  return PAGES.find((page) => isAt(page, path))
}
