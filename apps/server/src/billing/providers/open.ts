import type { PaymentProviderDocument } from '../../catalog/index.ts'
import type { Clock, Log } from '../../platform/index.ts'
import { privatePem, publicPem } from './alipay-keys.ts'
import { alipayProvider } from './alipay.ts'
import type { PaymentProvider } from './port.ts'
import { sandboxBank } from './sandbox.ts'
import { stripeProvider } from './stripe.ts'

export interface ProviderSettings {
  /** A secret by the name of its environment variable. */
  readonly secret: (name: string) => string | undefined
  /** The built-in test bank, when it runs here. */
  readonly bank: () => { readonly url: string; readonly secret: string } | undefined
  readonly clock: Clock
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
  const missing = (variable: string): string => `${variable} is not set`
  const { clock } = settings
  const secret = (variable: string): string => settings.secret(variable)?.trim() ?? ''
  if (document.kind === 'stripe') {
    const [secretKey, webhookSecret] = [secret(document.secret_env), secret(document.webhook_secret_env)]
    if (secretKey === '') return missing(document.secret_env)
    // Without it anybody could say that he has paid.
    if (webhookSecret === '') return missing(document.webhook_secret_env)
    return stripeProvider({ id: document.id, secretKey, webhookSecret, apiBase: document.api_base, clock })
  }
  for (const variable of [document.private_key_env, document.public_key_env]) {
    if (secret(variable) === '') return missing(variable)
  }
  const privateKey = privatePem(secret(document.private_key_env))
  const publicKey = publicPem(secret(document.public_key_env))
  if (!privateKey) return `${document.private_key_env} holds no RSA key`
  if (!publicKey) return `${document.public_key_env} holds no RSA key`
  const { id, app_id: appId, seller_id: sellerId, gateway, agreements, sign_scene: signScene } = document
  return alipayProvider({ id, appId, privateKey, publicKey, sellerId, gateway, agreements, signScene, clock })
}
