/** Text messages through Twilio: one request for each number. */
import type { AlertTransport, ChannelAnswer } from '../../domain/alerts.ts'
import { post } from './post.ts'
import type { SettingsOf } from './settings.ts'
import { clipped, linesOf, subjectOf } from './words.ts'

/** Three parts of a long message: Twilio takes 1,600 characters, and every part is paid for. */
const TEXT_MAX = 450
/** Messages whose numbers are remembered while some of them have to be asked again. */
const REMEMBERED_MAX = 100

export function smsTransport(settings: SettingsOf<'sms'>): AlertTransport {
  const { account, token, from, to, address } = settings
  const url = `${address.replace(/\/+$/, '')}/2010-04-01/Accounts/${account}/Messages.json`
  const credentials = Buffer.from(`${account}:${token}`).toString('base64')
  /** Numbers that had a message already, by its id. */
  const reached = new Map<string, Set<string>>()

  async function sendTo(number: string, text: string): Promise<ChannelAnswer> {
    const sender: readonly [string, string] = from.startsWith('MG') ? ['MessagingServiceSid', from] : ['From', from]
    return post({
      url,
      body: new URLSearchParams([['To', number], [...sender], ['Body', text]]).toString(),
      headers: {
        authorization: `Basic ${credentials}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      secrets: [token, credentials],
    })
  }

  return {
    async send(notice) {
      const text = clipped([subjectOf(notice), ...linesOf(notice)].join('\n'), TEXT_MAX)
      const had = reached.get(notice.id) ?? new Set()
      const answers: [string, ChannelAnswer][] = []
      for (const number of to) {
        if (had.has(number)) continue
        const answer = await sendTo(number, text)
        if (answer.kind === 'taken') had.add(number)
        answers.push([number, answer])
      }
      const again = answers.find(([, { kind }]) => kind === 'again')
      if (again === undefined) reached.delete(notice.id)
      else reached.set(notice.id, had)
      if (reached.size > REMEMBERED_MAX) reached.delete(reached.keys().next().value!)
      return again?.[1] ?? summedUp(answers)
    },
  }
}

/** Taken where at least one number took it: the others are named, and asking again would not change their answer. */
function summedUp(answers: readonly (readonly [string, ChannelAnswer])[]): ChannelAnswer {
  const words = answers.map(([number, { text }]) => `${masked(number)}: ${text}`).join('; ')
  const isTaken = answers.length === 0 || answers.some(([, { kind }]) => kind === 'taken')
  return { kind: isTaken ? 'taken' : 'refused', text: words }
}

function masked(number: string): string {
  return `…${number.slice(-4)}`
}
