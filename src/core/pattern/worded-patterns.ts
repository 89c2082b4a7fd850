import { anyPattern } from "./any-pattern.ts";
import { requiredWords } from "./required-words.ts";

/** Words are found by their first letters, one byte each, in one number. */
const gram = 4;
const tableBits = 15;
const spread = 0x9e3779b1;
const [upperA, upperZ, toLower] = [0x41, 0x5a, 0x20];

interface WordEntry {
  readonly key: number;
  readonly word: string;
  /** The pattern's place. */
  readonly pattern: number;
  readonly next: WordEntry | null;
}

/**
 * Whether any of the patterns matches, as `anyPattern`, for a large table whose patterns require words that hardly any
 * line holds: one pass over the text finds all the words, and only the patterns whose words it holds are tested. A
 * pattern that requires no word is always tested.
 */
export function anyWordedPattern(patterns: readonly RegExp[]): (text: string) => boolean {
  // Put together at the first use: most starts of the program read no log.
  let search: WordSearch | null = null;
  return (text) => (search ??= new WordSearch(patterns)).test(text);
}

class WordSearch {
  readonly #patterns: readonly RegExp[];
  readonly #wordless: (text: string) => boolean;
  readonly #table: readonly (WordEntry | null)[];
  /** The text that each pattern was tested with last. */
  readonly #asked: Int32Array;
  #texts = 0;

  constructor(patterns: readonly RegExp[]) {
    const table = Array<WordEntry | null>(1 << tableBits).fill(null);
    const wordless: RegExp[] = [];
    for (const [pattern, expression] of patterns.entries()) {
      const words = requiredWords(expression, gram);
      if (words === null) wordless.push(expression);
      for (const word of words ?? []) {
        const key = keyOf(word);
        const slot = slotOf(key);
        table[slot] = { key, word, pattern, next: table[slot] ?? null };
      }
    }
    this.#patterns = patterns;
    this.#wordless = anyPattern(wordless);
    this.#table = table;
    this.#asked = new Int32Array(patterns.length);
  }

  test(text: string): boolean {
    // What #asked can hold, however many lines a log has.
    this.#texts = (this.#texts + 1) | 0;
    const table = this.#table;
    let key = 0;
    for (let at = 0; at < text.length; at++) {
      key = (key << 8) | (lowerAt(text, at) & 0xff);
      const entry = table[slotOf(key)] as WordEntry | null;
      if (entry !== null && this.#asks(entry, key, text, at + 1 - gram)) return true;
    }
    return this.#wordless(text);
  }

  /** Asks the patterns of the words that begin at `start`. */
  #asks(first: WordEntry, key: number, text: string, start: number): boolean {
    for (let entry: WordEntry | null = first; entry !== null; entry = entry.next) {
      if (entry.key !== key || this.#asked[entry.pattern] === this.#texts || !holdsAt(text, start, entry.word))
        continue;
      this.#asked[entry.pattern] = this.#texts;
      if ((this.#patterns[entry.pattern] as RegExp).test(text)) return true;
    }
    return false;
  }
}

function keyOf(word: string): number {
  let key = 0;
  for (let at = 0; at < gram; at++) key = (key << 8) | word.charCodeAt(at);
  return key;
}

function slotOf(key: number): number {
  return Math.imul(key, spread) >>> (32 - tableBits);
}

/** Whether the word, which is in small letters, is there in whatever case. */
function holdsAt(text: string, start: number, word: string): boolean {
  for (let at = 0; at < word.length; at++) if (lowerAt(text, start + at) !== word.charCodeAt(at)) return false;
  return true;
}

function lowerAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= upperA && code <= upperZ ? code + toLower : code;
}
