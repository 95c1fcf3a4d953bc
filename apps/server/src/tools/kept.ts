import type { Instant } from '@codeplan/core'

/** Answers that are good for a while. The longest unused is let go of first. */
export class Kept<T> {
  private readonly entries = new Map<string, { readonly value: T; readonly at: Instant; readonly weight: number }>()
  private weight = 0

  get(key: string, now: Instant, forMs: number): T | undefined {
    const entry = this.entries.get(key)
    if (!entry) return undefined
    this.drop(key)
    if (now - entry.at >= forMs) return undefined
    this.entries.set(key, entry)
    this.weight += entry.weight
    return entry.value
  }

  put(
    key: string,
    value: T,
    at: Instant,
    limits: { readonly entriesMax: number } | { readonly weightMax: number; readonly weight: number },
  ): void {
    const weight = 'weight' in limits ? limits.weight : 1
    const weightMax = 'weightMax' in limits ? limits.weightMax : limits.entriesMax
    this.drop(key)
    if (weight > weightMax) return
    this.entries.set(key, { value, at, weight })
    this.weight += weight
    while (this.weight > weightMax) this.drop(this.entries.keys().next().value as string)
  }

  private drop(key: string): void {
    this.weight -= this.entries.get(key)?.weight ?? 0
    this.entries.delete(key)
  }
}
