/** Addresses that requests come from, and the proxies whose word on them is taken. */
import { BlockList, isIP } from 'node:net'
import { FaultError, fault } from '../../domain/faults.ts'

/** What is counted as one: an address of IPv4, and of IPv6 the network that one subscriber has all of. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '')
  if (isIP(plain) !== 6) return plain
  const [head = '', tail] = plain.split('%')[0]!.split('::')
  const [left, right] = [head, tail ?? ''].map((text) => text.split(':').filter((group) => group !== ''))
  const zeros = tail === undefined ? 0 : 8 - left!.length - right!.length
  const groups = [...left!, ...Array<string>(zeros).fill('0'), ...right!]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/**
 * Whether an address is that of a proxy.
 *
 * @param written addresses or networks (`10.0.0.0/8`) with commas between them
 * @throws FaultError OPTION_INVALID
 */
export function proxiesOf(written: string): (address: string) => boolean {
  const known = new BlockList()
  for (const one of written.split(',').map((text) => text.trim())) {
    const [address = '', bits, ...more] = one.split('/')
    const family = isIP(address)
    const most = family === 6 ? 128 : 32
    const isWhole = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
    if (family === 0 || !isWhole || more.length > 0) {
      const reason = `"${one}" is no address and no network; write one such as 10.0.0.5 or 10.0.0.0/8`
      throw new FaultError(fault('OPTION_INVALID', { option: '--trusted-proxy', reason }))
    }
    known.addSubnet(address, bits === undefined ? most : Number(bits), family === 6 ? 'ipv6' : 'ipv4')
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
    const family = isIP(plain)
    return family !== 0 && known.check(plain, family === 6 ? 'ipv6' : 'ipv4')
  }
}
