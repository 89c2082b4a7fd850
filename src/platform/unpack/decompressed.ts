import { ChildFailed, outputOf } from "../child.ts";
import { GzipDamaged, gunzipped } from "./gunzipped.ts";

/** Data that could not be decompressed, or not to its end. What could be has been handed over. */
export class CannotDecompress extends Error {
  override readonly name = "CannotDecompress";
}

/**
 * The host's programs for what Node has nothing for. With limits on memory where a file may ask for any: xz's highest
 * preset needs 65 MiB, and zstd has its own limit.
 */
const programs = {
  xz: { words: ["-dc"], environment: { XZ_OPT: "--memlimit-decompress=512MiB" }, noise: /^xz: \(stdin\): / },
  zstd: { words: ["-dcq"], environment: {}, noise: /^(?:zstd: )?(?:\/\*stdin\*\\ *: )?/ },
  bzip2: { words: ["-dc"], environment: {}, noise: /^bzip2: / },
} as const;

/**
 * What compressed bytes hold, as they come: whatever the size, nothing is kept. Damaged data is an error after what
 * was good; errors of the input come through as they are.
 */
export async function* decompressed(
  compression: "gzip" | keyof typeof programs,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* compression === "gzip" ? gunzipped(chunks) : byProgram(compression, chunks);
  } catch (error) {
    if (error instanceof GzipDamaged) throw new CannotDecompress(error.message, { cause: error });
    if (compression === "gzip" || !(error instanceof ChildFailed)) throw error;
    const said = error.message.replace(programs[compression].noise, "");
    throw new CannotDecompress(error.code === null ? said : `${compression} says '${said}'`, { cause: error });
  }
}

function byProgram(
  program: keyof typeof programs,
  input: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  const { words, environment } = programs[program];
  return outputOf(program, words, { input, environment });
}
