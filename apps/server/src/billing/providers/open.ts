import type { PaymentProviderDocument } from '../../catalog/index.ts'
import type { Log } from '../../platform/index.ts'
import type { PaymentProvider } from './port.ts'
import { sandboxBank } from './sandbox.ts'

export interface ProviderSettings {
  /** A secret by the name of its environment variable. */
  readonly secret: (name: string) => string | undefined
  /** The built-in test bank, when it runs here. */
  readonly bank: () => { readonly url: string; readonly secret: string } | undefined
  readonly log: Log
}

/** The providers of a catalog whose secrets are set; the others are off, and the log says why (F59). */
export async function openProviders(
  documents: readonly PaymentProviderDocument[],
  settings: ProviderSettings,
): Promise<ReadonlyMap<string, PaymentProvider>> {
  const opened = new Map<string, PaymentProvider>()
  for (const document of documents) {
    const provider = await open(document, settings)
    if (typeof provider !== 'string') opened.set(document.id, provider)
    // The test bank starts after its catalog is read, and then opens its provider itself.
    else if (document.kind !== 'sandbox')
      settings.log.warn({ provider: document.id }, `this payment provider is off: ${provider}`)
  }
  return opened
}

/** The provider, or what is missing. */
async function open(document: PaymentProviderDocument, settings: ProviderSettings): Promise<PaymentProvider | string> {
  if (document.kind === 'sandbox') {
    const bank = settings.bank()
    return bank && bank.secret !== ''
      ? sandboxBank({ id: document.id, secret: bank.secret, url: () => settings.bank()?.url })
      : 'the test bank does not run here'
  }
  return `${document.kind} is not built in`
}
