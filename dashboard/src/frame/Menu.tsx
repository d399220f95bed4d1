import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'

export interface MenuProps {
  /** Accessible name of the button. */
  readonly label: string
  readonly icon: ReactNode
  readonly className?: string
  /** Elements with role `menuitem`, `menuitemcheckbox` or `menuitemradio`. */
  readonly children: ReactNode
  /** Stays open while items are chosen, for check boxes. */
  readonly staysOpen?: boolean
}

const ITEMS = '[role^="menuitem"]'

/** A button with a short list below it: arrows move, Escape closes, focus returns to the button. */
export function Menu({ label, icon, className = 'icon-button', children, staysOpen = false }: MenuProps): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  useEffect(() => {
    if (!isOpen) return
    box.current?.querySelector<HTMLElement>(ITEMS)?.focus()
    const outside = (event: PointerEvent): void => {
      const target = event.target as Node
      if (box.current?.contains(target) !== true && button.current?.contains(target) !== true) setOpen(false)
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [isOpen])

  function close(): void {
    setOpen(false)
    button.current?.focus()
  }

  function onKey(event: KeyboardEvent): void {
    const items = [...(box.current?.querySelectorAll<HTMLElement>(ITEMS) ?? [])]
    const place = items.indexOf(document.activeElement as HTMLElement)
    const to = (next: number): void => items[(next + items.length) % items.length]?.focus()
    if (event.key === 'Escape') close()
    else if (event.key === 'ArrowDown') to(place + 1)
    else if (event.key === 'ArrowUp') to(place - 1)
    else if (event.key === 'Home') to(0)
    else if (event.key === 'End') to(items.length - 1)
    else {
      if (event.key === 'Tab') setOpen(false)
      return
    }
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <span className="menu">
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {icon}
      </button>
      {isOpen && (
        <div
          ref={box}
          id={id}
          role="menu"
          tabIndex={-1}
          aria-label={label}
          className="menu-list"
          onKeyDown={onKey}
          onClick={() => !staysOpen && close()}
        >
          {children}
        </div>
      )}
    </span>
  )
}
