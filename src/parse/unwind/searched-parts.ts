const [mostBytes, mostParts] = [1 << 21, 64];

interface Part {
  readonly bytes: Uint8Array;
  readonly answers: Map<number, number | null>;
}

/**
 * What earlier searches found in parts of tables, by the bytes of the part. Equal bytes have equal answers in every
 * process, so that no process can leave a false answer here for another. To compare 96 KiB
 * takes microseconds, and to search them without a JIT compiler milliseconds.
 */
export class SearchedParts {
  #parts: readonly Part[] = [];
  #bytes = 0;
  /** How often a part was searched: it was not known, or not for one of the addresses. */
  searches = 0;

  /** What `search` finds in a part for each of these numbers; null where it finds nothing. */
  find(
    bytes: Uint8Array,
    wanted: readonly number[],
    search: (bytes: Uint8Array, wanted: readonly number[]) => ReadonlyMap<number, number>,
  ): ReadonlyMap<number, number | null> {
    const { answers } = this.#parts.find((part) => Buffer.compare(part.bytes, bytes) === 0) ?? this.#keep(bytes);
    const unknown = wanted.filter((one) => !answers.has(one));
    if (unknown.length > 0) {
      this.searches++;
      const found = search(bytes, unknown);
      for (const one of unknown) answers.set(one, found.get(one) ?? null);
    }
    return new Map(wanted.map((one) => [one, answers.get(one) ?? null]));
  }

  /** As many as fit, the last ones. */
  #keep(bytes: Uint8Array): Part {
    // A copy: these may be a piece of what is much longer.
    const part = { bytes: Uint8Array.from(bytes), answers: new Map<number, number | null>() };
    this.#parts = [...this.#parts, part];
    this.#bytes += bytes.length;
    while (this.#bytes > mostBytes || this.#parts.length > mostParts) {
      this.#bytes -= this.#parts[0]?.bytes.length ?? 0;
      this.#parts = this.#parts.slice(1);
    }
    return part;
  }
}
