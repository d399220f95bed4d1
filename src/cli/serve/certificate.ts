/** The certificate of an address that others reach: the user's, or one that is made at the first start. */
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { FaultError, fault } from '../../domain/faults.ts'

export interface Certificate {
  readonly key: string
  readonly cert: string
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string
  readonly isOwn: boolean
}

const DAYS = 825

/** @throws FaultError TLS_UNREADABLE */
export async function certificateFrom(certFile: string, keyFile: string): Promise<Certificate> {
  try {
    const [cert, key] = [await readFile(certFile, 'utf8'), await readFile(keyFile, 'utf8')]
    return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256, isOwn: false }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new FaultError(fault('TLS_UNREADABLE', { cert: certFile, key: keyFile, reason }), error)
  }
}

/**
 * Signed by itself: whoever comes for the first time compares the fingerprint with the one that was printed.
 *
 * @throws FaultError TLS_MISSING where nothing here can make one
 */
export async function ownCertificate(folder: string, address: string): Promise<Certificate> {
  const [certFile, keyFile] = [join(folder, `${address}.crt`), join(folder, `${address}.key`)]
  if (!existsSync(certFile) || !existsSync(keyFile)) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await make(certFile, keyFile, address)
    await chmod(keyFile, 0o600)
  }
  return { ...(await certificateFrom(certFile, keyFile)), isOwn: true }
}

async function make(certFile: string, keyFile: string, address: string): Promise<void> {
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256']
  const names = `subjectAltName=IP:${address},DNS:localhost`
  const usage = [
    '-addext',
    names,
    '-addext',
    'extendedKeyUsage=serverAuth',
    '-addext',
    'basicConstraints=critical,CA:FALSE',
  ]
  const files = ['-days', String(DAYS), '-subj', '/CN=Polyfolio', '-keyout', keyFile, '-out', certFile]
  try {
    await promisify(execFile)('openssl', [...request, ...files, ...usage])
  } catch (error) {
    throw new FaultError(fault('TLS_MISSING', { address }), error)
  }
}
