/** What violations are about: which sleeves and instruments a subject covers, and how it is named. */
import { ASSET_CLASSES } from '../../domain/instruments.ts'
import type { SubjectKind } from '../../domain/violations.ts'
import type { Runtime } from '../runtime.ts'
import type { Subject } from './state.ts'

const NOTHING: Omit<Subject, 'about'> = { name: '', sleeve: -1, other: -1 }

export const PORTFOLIO: Subject = { about: 'portfolio', ...NOTHING }

export function sleeveSubject(sleeve: number): Subject {
  return { about: 'sleeve', ...NOTHING, sleeve }
}

export function positionSubject(sleeve: number, instrument: number): Subject {
  return { about: 'position', name: '', sleeve, other: instrument }
}

export function pairSubject(first: number, second: number): Subject {
  return { about: 'pair', name: '', sleeve: first, other: second }
}

export function instrumentSubject(instrument: number): Subject {
  return { about: 'instrument', ...NOTHING, other: instrument }
}

export function namedSubject(
  about: Extract<SubjectKind, 'group' | 'assetClass' | 'sector' | 'currency'>,
  name: string,
) {
  return { about, ...NOTHING, name } satisfies Subject
}

export function isSame(left: Subject, right: Subject): boolean {
  return (
    left.about === right.about && left.sleeve === right.sleeve && left.other === right.other && left.name === right.name
  )
}

/** The instrument itself, or the underlying of a contract. */
function baseOf({ state, byId }: Runtime, instrument: number): number {
  const terms = state.instruments[instrument]!.option
  return terms === null ? instrument : byId.get(terms.underlying)!
}

/** Whether what a sleeve does in an instrument is part of the subject. */
export function covers(runtime: Runtime, subject: Subject, sleeve: number, instrument: number): boolean {
  switch (subject.about) {
    case 'portfolio':
      return true
    case 'sleeve':
      return subject.sleeve === sleeve
    case 'pair':
      return subject.sleeve === sleeve || subject.other === sleeve
    case 'position':
      return subject.sleeve === sleeve && subject.other === baseOf(runtime, instrument)
    case 'instrument':
      return subject.other === baseOf(runtime, instrument)
    case 'assetClass':
      return ASSET_CLASSES[runtime.assetClass[instrument]!] === subject.name
    case 'sector':
      return runtime.state.instruments[instrument]!.sector === subject.name
    case 'currency':
      return runtime.state.instruments[instrument]!.currency === subject.name
    case 'group':
      return inGroup(runtime, subject.name, sleeve, instrument)
  }
}

function inGroup(runtime: Runtime, name: string, sleeve: number, instrument: number): boolean {
  const { state, sleeves } = runtime
  const group = state.config!.groups[name]
  if (group === undefined) return false
  const hasSleeve = group.sleeves.length === 0 || group.sleeves.includes(sleeves[sleeve]!.config.id)
  if (!hasSleeve) return false
  return (
    group.instruments.length === 0 || group.instruments.includes(state.instruments[baseOf(runtime, instrument)]!.id)
  )
}

/** Ordinals of the sleeves that the subject is about; none for one that is about instruments alone. */
export function sleevesOf(runtime: Runtime, subject: Subject): readonly number[] {
  const all = runtime.sleeves.map(({ ordinal }) => ordinal)
  switch (subject.about) {
    case 'portfolio':
      return all
    case 'sleeve':
    case 'position':
      return [subject.sleeve]
    case 'pair':
      return [subject.sleeve, subject.other]
    case 'group': {
      const group = runtime.state.config!.groups[subject.name]
      if (group === undefined) return []
      return all.filter(
        (ordinal) => group.sleeves.length === 0 || group.sleeves.includes(runtime.sleeves[ordinal]!.config.id),
      )
    }
    default:
      return []
  }
}

/** As records name it: 'portfolio', an id, 'sleeve/instrument' or 'sleeve/sleeve'. */
export function subjectText({ state, sleeves }: Runtime, { about, name, sleeve, other }: Subject): string {
  const sleeveId = (ordinal: number): string => sleeves[ordinal]!.config.id
  switch (about) {
    case 'portfolio':
      return 'portfolio'
    case 'sleeve':
      return sleeveId(sleeve)
    case 'instrument':
      return state.instruments[other]!.id
    case 'position':
      return `${sleeveId(sleeve)}/${state.instruments[other]!.id}`
    case 'pair':
      return `${sleeveId(sleeve)}/${sleeveId(other)}`
    default:
      return name
  }
}
