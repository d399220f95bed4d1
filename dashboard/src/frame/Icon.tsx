import type { ReactNode } from 'react'

const PATHS = {
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.4 10.4 14 14',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3',
  moon: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z',
  stop: 'M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3ZM5 8h6',
  sync: 'M13.5 6A5.8 5.8 0 0 0 3 4.6L1.8 6M2.5 10A5.8 5.8 0 0 0 13 11.4l1.2-1.4M1.8 2.6V6h3.4M14.2 13.4V10h-3.4',
  clock: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 4.6V8l2.3 1.6',
  check: 'M3 8.5 6.5 12 13 4.5',
  tick: 'M2.5 3.5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1ZM5.3 8.2l2 2 3.5-4',
  table: 'M2.5 3.5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1ZM2.5 6.3h11M2.5 9.9h11M6.5 6.3v7.2',
  chart: 'M2.5 2.5v11h11M5 10l2.6-3 2.2 1.8L13 5',
  download: 'M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11',
  columns: 'M2.5 3.5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1ZM6.2 2.5v11M9.8 2.5v11',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  cross: 'M2.5 5.5h8M8 3l2.5 2.5L8 8M13.5 10.5h-8M8 8l-2.5 2.5L8 13',
  refuse: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM3.8 3.8l8.4 8.4',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 2.8 12.5 8l-8 5.2Z',
  balance:
    'M8 2v12M4 14h8M2 9.5 4.2 4.5 6.4 9.5a2.2 2.2 0 0 1-4.4 0ZM9.6 9.5l2.2-5 2.2 5a2.2 2.2 0 0 1-4.4 0ZM4.2 4.5h7.6',
  alert: 'M8 2 14.5 13.5h-13ZM8 6.2v3.6M8 11.6v.2',
  info: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 7.2v3.8M8 4.9v.2',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  expand: 'M4 6l4 4 4-4',
  back: 'M10 4 6 8l4 4',
  next: 'M6 4l4 4-4 4',
  copy: 'M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z',
  note: 'M3 2.5h10v7l-4 4H3ZM13 9.5H9v4M5.5 5.5h5M5.5 8h3',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z',
  lock: 'M4 7.5h8v6H4ZM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2',
  plus: 'M8 3v10M3 8h10',
  bell: 'M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8ZM6.5 14h3',
  keyboard: 'M1.5 4.5h13v7h-13ZM4 7h.01M6.6 7h.01M9.3 7h.01M12 7h.01M5 9.3h6',
  overview: 'M2.5 2.5h4.6v6H2.5ZM2.5 10.9h4.6v2.6H2.5ZM9 2.5h4.5v2.6H9ZM9 7.5h4.5v6H9Z',
  risk: 'M2 11.5a6 6 0 1 1 12 0M8 11.5l3-4',
  performance: 'M3 13.5V9M6.4 13.5V4.5M9.7 13.5V7.5M13 13.5v-11',
  strategy: 'M2 12 6 7.5l3 2.5 5-6.5M10.5 3.5H14V7',
  configure: 'M2 4.5h7M12 4.5h2M9 2.8v3.4M2 11.5h2M7 11.5h7M7 9.8v3.4',
  dot: '',
} as const satisfies Record<string, string>

export type IconName = keyof typeof PATHS

export interface IconProps {
  readonly name: IconName
  readonly className?: string
}

/** A sign beside words; it says nothing by itself. */
export function Icon({ name, className = '' }: IconProps): ReactNode {
  return (
    <svg className={`icon ${className}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {name === 'dot' ? <circle cx="8" cy="8" r="3.5" fill="currentColor" stroke="none" /> : <path d={PATHS[name]} />}
    </svg>
  )
}
