import type { Text } from '../world.ts'

export interface Finding {
  readonly id: string
  readonly level: 'ok' | 'note' | 'fault'
  readonly says: Text
  readonly cure?: Text
}
