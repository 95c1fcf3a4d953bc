export const LANGUAGES = ['zh', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** What a part of the console says, in every language. Text with figures in it is a function of them. */
export interface Words<T> {
  readonly en: T
  readonly zh: T
}

/** The second language has exactly the messages of the first: one that is missing, or too much, does not compile. */
export const words = <T extends object>(en: T, zh: NoInfer<T>): Words<T> => ({ en, zh })

/** For `lang` and for everything of `Intl`. */
export const TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' }
