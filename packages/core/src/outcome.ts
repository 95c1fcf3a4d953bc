/** An expected "no" is a value that carries what the person needs next; a fault is an exception. */
export type Outcome<Value, No> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly no: No }

export const yes = <Value>(value: Value): { readonly ok: true; readonly value: Value } => ({ ok: true, value })

export const no = <No>(reason: No): { readonly ok: false; readonly no: No } => ({ ok: false, no: reason })
