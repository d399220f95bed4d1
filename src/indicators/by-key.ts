import { adx } from './adx/adx.ts'
import { atr } from './atr/atr.ts'
import { bollinger } from './bollinger/bollinger.ts'
import { donchian, highest, lowest } from './donchian/donchian.ts'
import { ema } from './ema/ema.ts'
import type { BarField, IndicatorSpec } from './indicator.ts'
import { MACD_SEEDINGS, macd } from './macd/macd.ts'
import { obv } from './obv/obv.ts'
import { previous } from './previous/previous.ts'
import { roc } from './roc/roc.ts'
import { rsi } from './rsi/rsi.ts'
import { sma } from './sma/sma.ts'
import { volatility } from './volatility/volatility.ts'
import { vwap, vwapAnchored, vwapSession } from './vwap/vwap.ts'
import { wma } from './wma/wma.ts'
import { zScore } from './z-score/z-score.ts'

type Settings = readonly string[]

const at = (settings: Settings, place: number): number => Number(settings[place])
const field = (settings: Settings): BarField | undefined => settings[1] as BarField | undefined
const ofPeriod =
  (make: (period: number) => IndicatorSpec) =>
  (settings: Settings): IndicatorSpec =>
    make(at(settings, 0))
const ofField =
  (make: (period: number, source?: BarField) => IndicatorSpec) =>
  (settings: Settings): IndicatorSpec =>
    make(at(settings, 0), field(settings))

/** How an indicator is made again from the settings in its key. */
const MAKERS: Readonly<Record<string, (settings: Settings) => IndicatorSpec | null>> = {
  adx: ofPeriod(adx),
  atr: ofPeriod(atr),
  bollinger: (settings) =>
    bollinger(at(settings, 0), at(settings, 1), settings[2] === 'sample' ? 'sample' : 'population'),
  donchian: ofPeriod((period) => donchian(period)),
  ema: ofField(ema),
  highest: ofField(highest),
  lowest: ofField(lowest),
  macd(settings) {
    const seeding = MACD_SEEDINGS.find((known) => known === settings[3])
    const periods = { fast: at(settings, 0), slow: at(settings, 1), signal: at(settings, 2) }
    return seeding === undefined ? null : macd(periods, seeding)
  },
  roc: ofField(roc),
  rsi: ofPeriod(rsi),
  sma: ofField(sma),
  volatility: ofPeriod(volatility),
  vwap(settings) {
    if (settings[0] === 'session') return vwapSession()
    return settings[0] === 'anchored' ? vwapAnchored() : vwap(at(settings, 0))
  },
  wma: ofField(wma),
  zScore: ofField(zScore),
}

/** The indicator of this library that a key such as `bollinger(20,2)` names; null where it names none. */
export function indicatorByKey(key: string): IndicatorSpec | null {
  if (key === 'obv') return obv()
  const parts = /^(\w+)\((.*)\)$/.exec(key)
  if (parts === null) return null
  const [, name = '', inner = ''] = parts
  if (name === 'previous') {
    const spec = indicatorByKey(inner)
    return spec === null ? null : previous(spec)
  }
  const settings = inner.split(',')
  if (!Object.hasOwn(MAKERS, name) || !settings.every((text) => SETTING.test(text))) return null
  const spec = MAKERS[name]!(settings)
  return spec?.key === key ? spec : null
}

const SETTING = /^(\d+(\.\d+)?|open|high|low|close|volume|sample|talib|independent|session|anchored)$/
