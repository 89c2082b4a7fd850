import type { Koffi } from "../foreign/koffi.ts";

/**
 * liblzma by FFI: rpm, dpkg and systemd need it, so that nearly every host has it. In a Node without its compilers a
 * decoder in JavaScript would take half a second for the symbols of a large library.
 */
export interface Liblzma {
  /**
   * The content of an .xz file, if it has at most `mostBytes` and unpacking takes at most `mostMemory` bytes. Null: it
   * is longer, damaged, or no such file. The library is C: only bytes of a file that root alone may write are for it.
   */
  unpack(packed: Uint8Array, bounds: { readonly mostBytes: number; readonly mostMemory: number }): Buffer | null;
}

/** lzma_ret of lzma/base.h. */
const LZMA_OK = 0;

let loaded: Liblzma | null | undefined;

/** Null: the host has none, or koffi does not load. */
export function liblzma(): Liblzma | null {
  loaded ??= load();
  return loaded;
}

function load(): Liblzma | null {
  try {
    const koffi = process.getBuiltinModule("node:module").createRequire(import.meta.url)("koffi") as Koffi;
    // In liblzma.so.5 since 5.0, lzma/container.h.
    const decode = koffi
      .load("liblzma.so.5")
      .func(
        "int lzma_stream_buffer_decode(void *memlimit, uint32_t flags, void *allocator, void *in, void *inPos, size_t inSize, void *out, void *outPos, size_t outSize)",
      );
    return {
      unpack(packed, { mostBytes, mostMemory }) {
        const out = Buffer.allocUnsafe(mostBytes);
        const [limit, inAt, outAt] = [
          BigUint64Array.of(BigInt(mostMemory)),
          new BigUint64Array(1),
          new BigUint64Array(1),
        ];
        const result: number = decode(limit, 0, null, packed, inAt, packed.length, out, outAt, out.length);
        // A copy, which does not keep all of the room for the longest.
        return result === LZMA_OK ? Buffer.from(out.subarray(0, Number(outAt[0]))) : null;
      },
    };
  } catch {
    return null;
  }
}
