import { setFlagsFromString } from 'node:v8'

/**
 * Each house has its database in a thread, and all of them share the code of one WebAssembly module. V8 (13.6, of Node 24.21) may
 * let go of code that a thread which has ended was the last to know, while another still counts on it: seen as a crash of the
 * whole run, in `WasmEngine::FreeDeadCode`. Code that is never let go of is not missed by tests. A server has one such thread,
 * for as long as it lives.
 */
export const keepWasmCode = (): void => setFlagsFromString('--no-wasm-code-gc')
